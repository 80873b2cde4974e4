import type { MemberState, OnPointer, Outgoing, SendPointer } from '@/api/protocol.gen'
import { counter, type Kind } from './counters'
import { EncoderEase, encoderCount } from './encoder'
import { onlyVp8, PeerLink, type LinkOptions } from './peerlink'

export interface PublisherOptions extends LinkOptions {
  /** Upper bound of the video's bitrate in bit/s. */
  maxBitrate?: number
}

/** What of the media the line carries, as the server or the page decides. */
export type Level = NonNullable<MemberState['level']>

/** SD and voice leave room in 150 and 64 kbit/s for Opus and the headers. */
const SD = { lines: 360, maxBitrate: 110_000, maxFramerate: 15 }
/** Headers come on top, as much again: Opus at its usual rate would fill 64 kbit/s and wait in the queue for good. */
const VOICE_BITRATE: Record<Level, number> = { HD: 40_000, SD: 24_000, VOICE_STILLS: 16_000 }
const LOW_START_KBPS: Record<Level, number> = { HD: Infinity, SD: 150, VOICE_STILLS: 64 }

/** A point is of use while the hand is still there: in no order, and never again when it is lost. */
const POINTER_CHANNEL = { label: 'pointer', init: { ordered: false, maxRetransmits: 0 } }
const POINTER_BACKLOG = 4096

/** Sends this member's microphone and camera. Tracks may change at any time without a new offer. */
export class Publisher extends PeerLink {
  /** Measured upload in kbit/s, so that the picture is sharp from the first second. */
  startKbps: number | null = null
  level: Level = 'HD'
  /** What the line carried before connections that have not stood for a while. */
  private startLimit = Infinity

  private readonly tracks: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null }
  /** Of every connection that is not closed: the one that stands and the one that is offered next. */
  private readonly senders = new Map<RTCPeerConnection, Record<Kind, RTCRtpSender>>()
  private readonly channels = new WeakMap<RTCPeerConnection, RTCDataChannel>()
  private readonly ease: EncoderEase
  /** What the phone's encoder keeps up with, in bit/s. */
  private maxBitrate: number

  constructor(options: PublisherOptions) {
    super(options)
    this.maxBitrate = options.maxBitrate ?? 2_500_000
    this.ease = new EncoderEase(this.maxBitrate)
  }

  async setTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    this.tracks[kind] = track
    // Begun in one go, so that a peer made meanwhile (which already has the new track) is not touched twice.
    this.dropClosed()
    await Promise.all([...this.senders.values()].map((of) => of[kind].replaceTrack(track)))
  }

  /** Sends no more than the level allows, on the standing connection. A new connection begins at HD again, but slowly. */
  async setLevel(level: Level): Promise<void> {
    if (level === this.level) return
    this.level = level
    const senders = this.standing()
    if (!senders) return
    await this.limit(senders.video)
    await this.limitVoice(senders.audio)
  }

  /** Asks no more of the encoder than it keeps up with; to be called every few seconds. */
  async easeEncoder(): Promise<void> {
    const { pc } = this
    if (!pc || this.level !== 'HD') return
    const count = encoderCount(await pc.getStats())
    const bitrate = count ? this.ease.next(count) : this.maxBitrate
    if (bitrate === this.maxBitrate) return
    this.maxBitrate = bitrate
    const senders = this.standing()
    if (senders) await this.limit(senders.video)
  }

  /** Points by the data channel; false where none stands, or the line holds it back. */
  point(message: Omit<SendPointer, 'id'>): boolean {
    const channel = this.pc?.connectionState === 'connected' ? this.channels.get(this.pc) : undefined
    if (channel?.readyState !== 'open' || channel.bufferedAmount > POINTER_BACKLOG) return false
    channel.send(JSON.stringify({ ...message, id: 'point' }))
    return true
  }

  protected override async prepare(pc: RTCPeerConnection): Promise<void> {
    const stream = new MediaStream()
    const audio = pc.addTransceiver(this.tracks.audio ?? 'audio', { direction: 'sendonly', streams: [stream] })
    const video = addVideo(pc, this.tracks.video ?? 'video', stream, { maxBitrate: this.maxBitrate, maxFramerate: 30 })
    onlyVp8(video, typeof RTCRtpSender === 'undefined' ? null : RTCRtpSender.getCapabilities('video'))
    this.dropClosed()
    this.senders.set(pc, { audio: audio.sender, video: video.sender })
    this.openChannel(pc)
    await keepResolution(video.sender)
  }

  private standing(): Record<Kind, RTCRtpSender> | undefined {
    return this.pc ? this.senders.get(this.pc) : undefined
  }

  private dropClosed(): void {
    for (const pc of this.senders.keys()) if (pc.signalingState === 'closed') this.senders.delete(pc)
  }

  private openChannel(pc: RTCPeerConnection): void {
    const channel = pc.createDataChannel(POINTER_CHANNEL.label, POINTER_CHANNEL.init)
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (this.pc === pc && typeof data === 'string') this.emit('pointer', JSON.parse(data) as OnPointer)
    }
    this.channels.set(pc, channel)
  }

  private async limit(sender: RTCRtpSender): Promise<void> {
    const parameters = sender.getParameters()
    const height = sender.track ? heightOf(sender.track) : 720
    for (const encoding of parameters.encodings) {
      const small = this.level === 'SD'
      encoding.active = this.level !== 'VOICE_STILLS'
      encoding.maxBitrate = small ? Math.min(SD.maxBitrate, this.maxBitrate) : this.maxBitrate
      encoding.maxFramerate = small ? SD.maxFramerate : 30
      encoding.scaleResolutionDownBy = small ? Math.max(1, height / SD.lines) : 1
    }
    await setQuietly(sender, parameters)
  }

  private async limitVoice(sender: RTCRtpSender): Promise<void> {
    const parameters = sender.getParameters()
    for (const encoding of parameters.encodings) encoding.maxBitrate = VOICE_BITRATE[this.level]
    await setQuietly(sender, parameters)
  }

  protected override offer(peer: string, sdp: string): Outgoing {
    // An offer that comes to nothing on a narrow line says nothing of what it carries.
    const low = (this.startLimit = Math.min(LOW_START_KBPS[this.level], this.startLimit))
    // The server reckons a new connection's level anew; what the last one could not carry is not tried at once.
    this.level = 'HD'
    return { type: 'peer.publish', peer, sdp, start_kbps: low === Infinity ? this.startKbps : Math.min(low, this.startKbps ?? low) }
  }

  protected override stood(): void {
    this.startLimit = Infinity
  }

  protected override countBytes(report: RTCStatsReport, kind: Kind): number {
    return counter(report, 'outbound-rtp', 'bytesSent', kind) ?? 0
  }

  protected override expectsMedia(): boolean {
    return this.runs('audio') || this.expectsPicture()
  }

  protected override expectsPicture(): boolean {
    return this.level !== 'VOICE_STILLS' && this.runs('video')
  }

  private runs(kind: Kind): boolean {
    const track = this.tracks[kind]
    return track !== null && track.readyState === 'live' && track.enabled && !track.muted
  }
}

/** Three temporal layers, so that the server can spare a slow viewer without a key frame; one layer where the browser has none. */
function addVideo(pc: RTCPeerConnection, track: MediaStreamTrack | 'video', stream: MediaStream, encoding: RTCRtpEncodingParameters): RTCRtpTransceiver {
  const init = (more: object): RTCRtpTransceiverInit => ({ direction: 'sendonly', streams: [stream], sendEncodings: [{ ...encoding, ...more }] })
  try {
    return pc.addTransceiver(track, init({ scalabilityMode: 'L1T3' }))
  } catch (error) {
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error
    return pc.addTransceiver(track, init({}))
  }
}

/** The shorter side: a phone held upright films 720 wide. */
function heightOf(track: MediaStreamTrack): number {
  const { width = 1280, height = 720 } = track.getSettings()
  return Math.min(width, height)
}

/** An inspector must be able to read a label: fewer pictures a second rather than smaller ones. */
async function keepResolution(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters() as RTCRtpSendParameters & { degradationPreference?: string }
  parameters.degradationPreference = 'maintain-resolution'
  await setQuietly(sender, parameters)
}

/** Safari and Firefox do not know every field; their own balance is acceptable. */
async function setQuietly(sender: RTCRtpSender, parameters: RTCRtpSendParameters): Promise<void> {
  try {
    await sender.setParameters(parameters)
  } catch (error) {
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error
  }
}
