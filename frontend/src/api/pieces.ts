// Large files in pieces that go on where they broke off: the client's half of tus 1.0.0.
import { Refusal } from './refusal'

/** Smaller files go in one request: they are sent anew faster than they are resumed. */
export const LARGE = 2 * 1024 * 1024
export const PIECE = 512 * 1024

/** One request whose answer is in its headers; throws a `Refusal` for every answer that is not 2xx. */
export type Ask = (method: 'POST' | 'HEAD' | 'PATCH', path: string, headers: Record<string, string>, body?: ArrayBuffer) => Promise<Headers>

/** What is remembered of an upload until the form that cites it was answered; survives a reload. */
export interface Memory {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

interface Known {
  id: string
  /** Every byte was taken: the form may have been answered already, with the answer lost. */
  done: boolean
}

const TUS = { 'Tus-Resumable': '1.0.0' }
const DAMAGED_TRIES = 3

export class Pieces {
  private readonly key: string

  constructor(
    private readonly ask: Ask,
    private readonly memory: Memory,
    intent: string,
  ) {
    this.key = `upload ${intent}`
  }

  /** Brings the file up, from where an earlier try of the same intent stopped; answers the id to cite. */
  async send(file: Blob, onProgress: (sent: number, total: number) => void): Promise<string> {
    const known = this.known()
    if (known?.done) return known.id
    const id = known?.id ?? (await this.begin(file.size))
    let at = known ? await this.standing(id) : 0
    if (at === null) {
      this.forget()
      return this.send(file, onProgress)
    }
    let damaged = 0
    while (at < file.size) {
      onProgress(at, file.size)
      try {
        at = await this.piece(id, at, file.slice(at, at + PIECE))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (error.code === 'upload_damaged' && (damaged += 1) < DAMAGED_TRIES) continue
        const told = error.fields['offset']
        if (error.code !== 'upload_offset' || typeof told !== 'number') throw error
        at = told
      }
    }
    onProgress(file.size, file.size)
    this.remember({ id, done: true })
    return id
  }

  forget(): void {
    this.memory.removeItem(this.key)
  }

  private async begin(size: number): Promise<string> {
    const answer = await this.ask('POST', '/uploads', { ...TUS, 'Upload-Length': String(size) })
    const id = answer.get('Location')?.split('/').at(-1)
    if (!id) throw Refusal.offline()
    this.remember({ id, done: false })
    return id
  }

  /** How many bytes are there; null where the upload has run out. */
  private async standing(id: string): Promise<number | null> {
    try {
      return offsetOf(await this.ask('HEAD', `/uploads/${id}`, TUS))
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null
      throw error
    }
  }

  private async piece(id: string, at: number, part: Blob): Promise<number> {
    const bytes = await part.arrayBuffer()
    const headers = { ...TUS, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(at), 'Upload-Checksum': await checksum(bytes) }
    return offsetOf(await this.ask('PATCH', `/uploads/${id}`, headers, bytes))
  }

  private known(): Known | null {
    const kept = this.memory.getItem(this.key)
    return kept ? (JSON.parse(kept) as Known) : null
  }

  private remember(known: Known): void {
    this.memory.setItem(this.key, JSON.stringify(known))
  }
}

function offsetOf(answer: Headers): number {
  const offset = Number(answer.get('Upload-Offset') ?? NaN)
  // An answer without it came from something between us and the server.
  if (!Number.isInteger(offset)) throw Refusal.offline()
  return offset
}

async function checksum(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return `sha256 ${btoa(String.fromCharCode(...digest))}`
}
