import type { CameraOwner, RoomConnection } from '@/call'
import { StillFailed, takeStill } from '@/capture/still'
import { Refusal } from '@/api/refusal'
import { addPhoto, onStill } from './session'

export type StillNews = 'none' | 'taking' | 'sent' | 'failed'

type Result = { evidence: string } | { code: string }

const NEWS_MS = 4000

/** Photos the inspector asks for: taken at once, uploaded, and answered until the room has the answer. */
export class StillTaker {
  private readonly seen = new Set<string>()
  private readonly unanswered = new Map<string, Result>()
  private preview: HTMLVideoElement | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly connection: RoomConnection,
    private readonly camera: CameraOwner,
    /** Whether the line bears the voice and little more. */
    private readonly weak: () => boolean,
    private readonly tellPerson: (news: StillNews) => void,
  ) {
    onStill((request, result) => void this.settled(request, result))
    connection.on('status', (status) => {
      if (status === 'open') for (const [request, result] of [...this.unanswered]) void this.answer(request, result)
    })
  }

  /** The element that shows the camera, for phones that take no photo while they film. */
  show(preview: HTMLVideoElement | null): void {
    this.preview = preview
  }

  requested(request: string, item: string | null): void {
    if (this.seen.has(request)) return
    this.seen.add(request)
    void this.take(request, item)
  }

  private async take(request: string, item: string | null): Promise<void> {
    this.news('taking')
    const track = this.camera.video
    try {
      if (!track) throw new StillFailed('camera_busy')
      const still = await takeStill(track, this.preview ?? document.createElement('video'), { small: this.weak() })
      await addPhoto({ blob: still.blob, taken_at: still.taken_at, purpose: 'STILL', request, item })
    } catch (error) {
      if (!(error instanceof StillFailed)) throw error
      await this.settled(request, { code: error.code })
    }
  }

  private async settled(request: string, result: Result): Promise<void> {
    this.news('evidence' in result ? 'sent' : 'failed')
    this.unanswered.set(request, result)
    await this.answer(request, result)
  }

  private async answer(request: string, result: Result): Promise<void> {
    try {
      if ('evidence' in result) await this.connection.request({ type: 'still.done', request, evidence: result.evidence })
      else await this.connection.request({ type: 'still.failed', request, code: result.code })
      this.unanswered.delete(request)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      // Without an answer it is said again on the next socket; a refusal means the request is over.
      if (!error.temporary) this.unanswered.delete(request)
    }
  }

  private news(news: StillNews): void {
    this.tellPerson(news)
    clearTimeout(this.timer)
    if (news !== 'taking') this.timer = setTimeout(() => this.tellPerson('none'), NEWS_MS)
  }
}
