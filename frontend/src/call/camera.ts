import { wallClockwork, type Clockwork } from './clockwork'
import { Emitter } from './emitter'

export type CameraTrouble = 'denied' | 'no_camera' | 'in_use' | 'insecure' | 'unsupported' | 'failed'
export type Facing = 'environment' | 'user'
export type CameraState = 'closed' | 'opening' | 'live' | 'interrupted'

export class CameraRefused extends Error {
  constructor(readonly trouble: CameraTrouble) {
    super(trouble)
    this.name = 'CameraRefused'
  }
}

export interface CameraPlatform {
  secure: boolean
  getUserMedia: ((constraints: MediaStreamConstraints) => Promise<MediaStream>) | null
  visible: () => boolean
  onVisibility: (listener: () => void) => () => void
  /** After an interruption Safari says that a dead track is alive. */
  flagsLie: boolean
  clockwork: Clockwork
}

interface CameraEvents {
  state: CameraState
  track: { kind: Kind; track: MediaStreamTrack | null }
  stream: MediaStream
  trouble: CameraTrouble
}

type Kind = 'audio' | 'video'

/** Safari may say `mute` once in the first second although all is well. */
const MUTE_DEBOUNCE_MS = 1500
/** Between tries to get a camera back that another app holds. */
const RETRY_MS = [2000, 4000, 8000]
/** Causes that pass by themselves; the others need a person. */
const PASSING: ReadonlySet<CameraTrouble> = new Set(['in_use', 'failed'])

export function browserPlatform(): CameraPlatform {
  const devices = navigator.mediaDevices as MediaDevices | undefined
  return {
    secure: window.isSecureContext,
    getUserMedia: devices?.getUserMedia ? (constraints) => devices.getUserMedia(constraints) : null,
    visible: () => document.visibilityState === 'visible',
    onVisibility: (listener) => {
      document.addEventListener('visibilitychange', listener)
      return () => document.removeEventListener('visibilitychange', listener)
    },
    flagsLie: /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1),
    clockwork: wallClockwork,
  }
}

/**
 * The one owner of camera and microphone: phones allow no second one.
 * Tracks may be replaced at any time (flip, interruption); whoever sends or shows them listens to `track` and `stream`.
 */
export class CameraOwner extends Emitter<CameraEvents> {
  state: CameraState = 'closed'
  stream: MediaStream | null = null
  facing: Facing = 'environment'
  torchOn = false
  /** What the system has taken away without ending the call: muted for longer than a moment, or ended. */
  readonly lost: Record<Kind, boolean> = { audio: false, video: false }

  private wantsAudio = true
  private audioOn = true
  private wasHidden = false
  private wasMuted = false
  /** The page was away: what the tracks say of themselves since is worth nothing until all are new. */
  private distrusted = false
  private tries = 0
  private ended: Kind = 'video'
  private cancelRetry: () => void = () => undefined
  private cancelMute: Record<Kind, () => void> = { audio: () => undefined, video: () => undefined }
  private stopVisibility: () => void = () => undefined
  private work: Promise<void> = Promise.resolve()

  constructor(private readonly platform: CameraPlatform = browserPlatform()) {
    super()
  }

  get video(): MediaStreamTrack | null {
    return this.stream?.getVideoTracks()[0] ?? null
  }

  /** Whether sound, a picture leaves this phone. */
  sends(kind: Kind): boolean {
    const track = kind === 'audio' ? this.audio : this.video
    return track !== null && track.readyState === 'live' && !this.lost[kind]
  }

  get audio(): MediaStreamTrack | null {
    return this.stream?.getAudioTracks()[0] ?? null
  }

  /** Whether this camera has a lamp; asked of the track, for browsers claim the constraint for every camera. */
  get hasTorch(): boolean {
    const track = this.video
    if (!track || typeof track.getCapabilities !== 'function') return false
    return (track.getCapabilities() as MediaTrackCapabilities & { torch?: boolean }).torch === true
  }

  /** Opens rear camera and microphone; throws `CameraRefused` with the cause. */
  async open(options: { facing?: Facing; audio?: boolean } = {}): Promise<MediaStream> {
    if (this.stream && this.state === 'live') return this.stream
    this.facing = options.facing ?? this.facing
    this.wantsAudio = options.audio ?? true
    this.become('opening')
    try {
      this.take(await this.acquire(this.wantsAudio))
    } catch (error) {
      this.become('closed')
      throw error
    }
    this.stopVisibility()
    this.stopVisibility = this.platform.onVisibility(() => this.visibilityChanged())
    return this.stream as unknown as MediaStream
  }

  close(): void {
    this.cancelTimers()
    this.stopVisibility()
    stopAll(this.stream)
    this.stream = null
    this.torchOn = false
    this.become('closed')
  }

  flip(): Promise<void> {
    return this.turnTo(this.facing === 'environment' ? 'user' : 'environment')
  }

  /** The other camera. Android gives no second camera while the first is open, so it is stopped first. */
  turnTo(facing: Facing): Promise<void> {
    return this.serially(async () => {
      if (this.facing === facing) return
      try {
        await this.replaceVideo(facing)
      } catch (error) {
        await this.goBack()
        throw error
      }
    })
  }

  /** The camera of before; when it does not come either, that is an interruption like any other. */
  private async goBack(): Promise<void> {
    try {
      await this.replaceVideo(this.facing)
    } catch (error) {
      this.ended = 'video'
      this.notGivenBack(error)
    }
  }

  async setTorch(on: boolean): Promise<boolean> {
    const track = this.video
    if (!track || !this.hasTorch) return false
    await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
    this.torchOn = on
    return true
  }

  setAudio(on: boolean): void {
    this.audioOn = on
    if (this.audio) this.audio.enabled = on
  }

  private serially(run: () => Promise<void>): Promise<void> {
    const next = this.work.then(run)
    this.work = next.catch(() => undefined)
    return next
  }

  private async acquire(audio: boolean, facing = this.facing): Promise<MediaStream> {
    if (!this.platform.secure) throw new CameraRefused('insecure')
    if (!this.platform.getUserMedia) throw new CameraRefused('unsupported')
    try {
      return await this.platform.getUserMedia({
        audio: audio ? { echoCancellation: true, noiseSuppression: true, autoGainControl: true } : false,
        video: {
          // `exact` fails on machines that do not say which way a camera looks.
          facingMode: { ideal: facing },
          width: { ideal: 1280 },
          height: { ideal: 720 },
          frameRate: { ideal: 30, max: 30 },
        },
      })
    } catch (error) {
      throw new CameraRefused(troubleOf(error))
    }
  }

  private take(stream: MediaStream): void {
    this.cancelTimers()
    this.stream = stream
    this.wasMuted = this.distrusted = false
    this.tries = 0
    this.lost.audio = this.lost.video = false
    if (this.audio) this.audio.enabled = this.audioOn
    for (const track of stream.getTracks()) this.guard(track)
    this.become('live')
    this.emit('stream', stream)
    this.emit('track', { kind: 'video', track: this.video })
    this.emit('track', { kind: 'audio', track: this.audio })
  }

  /** Another picture beside the sound that goes on; which way it looks is told once it is there. */
  private async replaceVideo(facing: Facing): Promise<void> {
    this.video?.stop()
    const fresh = await this.acquire(false, facing)
    const audio = this.audio
    const track = fresh.getVideoTracks()[0] ?? null
    this.cancelRetry()
    this.cancelMute.video()
    this.facing = facing
    this.torchOn = false
    this.tries = 0
    this.stream = new MediaStream([...(track ? [track] : []), ...(audio ? [audio] : [])])
    if (track) this.guard(track)
    this.found('video')
    this.emit('stream', this.stream)
    this.emit('track', { kind: 'video', track })
  }

  /** All again: after an interruption neither the old tracks nor what they say of themselves can be trusted. */
  private reacquire(): Promise<void> {
    return this.serially(async () => {
      if (this.state === 'closed') return
      this.cancelTimers()
      try {
        if (this.onlyPictureIsGone()) await this.replaceVideo(this.facing)
        else await this.openAnew()
      } catch (error) {
        this.notGivenBack(error)
      }
    })
  }

  private async openAnew(): Promise<void> {
    stopAll(this.stream)
    this.take(await this.acquire(this.wantsAudio))
  }

  /** Then the sound goes on while the picture is fetched. */
  private onlyPictureIsGone(): boolean {
    const { audio } = this
    const sounds = audio !== null && audio.readyState === 'live' && !audio.muted && !this.lost.audio
    return sounds && !this.distrusted && !this.platform.flagsLie && this.video?.readyState !== 'live'
  }

  private notGivenBack(error: unknown): void {
    const trouble = error instanceof CameraRefused ? error.trouble : 'failed'
    if (!this.lost.audio && !this.lost.video) this.lost[this.ended] = true
    this.become('interrupted')
    this.emit('trouble', trouble)
    if (!PASSING.has(trouble)) return
    const delay = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)] ?? 8000
    this.tries += 1
    this.cancelRetry = this.platform.clockwork.after(delay, () => {
      if (this.platform.visible()) void this.reacquire()
    })
  }

  /** Tries once more after an interruption; the person may press a button for it. */
  resume(): Promise<void> {
    return this.reacquire()
  }

  /** A device was plugged in or pulled out, or a permission given back: what was lost may be there again. */
  lookAgain(): void {
    const dead = this.stream?.getTracks().some((track) => track.readyState === 'ended') ?? false
    if ((this.state === 'interrupted' || (this.state === 'live' && dead)) && this.platform.visible()) void this.reacquire()
  }

  private guard(track: MediaStreamTrack): void {
    const kind = track.kind as Kind
    track.onmute = () => {
      this.cancelMute[kind]()
      this.cancelMute[kind] = this.platform.clockwork.after(MUTE_DEBOUNCE_MS, () => {
        if (!track.muted || !this.owns(track)) return
        this.wasMuted = true
        this.miss(kind)
      })
    }
    track.onunmute = () => {
      this.cancelMute[kind]()
      if (!this.owns(track) || this.state !== 'interrupted') return
      if (this.platform.flagsLie) void this.reacquire()
      else this.found(kind)
    }
    track.onended = () => {
      if (!this.owns(track) || this.state === 'closed') return
      this.ended = kind
      if (!this.platform.visible()) {
        this.miss(kind)
        return
      }
      // What comes back at once was no loss anybody need hear of.
      this.become('interrupted')
      void this.reacquire()
    }
  }

  private miss(kind: Kind): void {
    this.lost[kind] = true
    if (this.state === 'interrupted') this.emit('state', 'interrupted')
    else this.become('interrupted')
  }

  private found(kind: Kind): void {
    this.lost[kind] = false
    if (!this.lost.audio && !this.lost.video) this.become('live')
  }

  private cancelTimers(): void {
    this.cancelRetry()
    this.cancelMute.audio()
    this.cancelMute.video()
  }

  private visibilityChanged(): void {
    if (!this.platform.visible()) {
      this.wasHidden = true
      return
    }
    if (!this.wasHidden) return
    this.wasHidden = false
    this.distrusted = true
    const dead = this.stream?.getTracks().some((track) => track.readyState === 'ended' || track.muted) ?? false
    if (dead || this.wasMuted || this.platform.flagsLie || this.state === 'interrupted') void this.reacquire()
  }

  private owns(track: MediaStreamTrack): boolean {
    return this.stream?.getTracks().includes(track) ?? false
  }

  private become(state: CameraState): void {
    if (this.state === state) return
    this.state = state
    this.emit('state', state)
  }
}

function stopAll(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

export function troubleOf(error: unknown): CameraTrouble {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'PermissionDeniedError') return 'denied'
  if (name === 'SecurityError') return 'insecure'
  if (name === 'NotFoundError' || name === 'DevicesNotFoundError' || name === 'OverconstrainedError') return 'no_camera'
  if (name === 'NotReadableError' || name === 'TrackStartError' || name === 'AbortError') return 'in_use'
  return 'failed'
}
