import type { Outgoing } from '@/api/protocol.gen'
import { onlyVp8, PeerLink, type LinkOptions } from './peerlink'

export interface PublisherOptions extends LinkOptions {
  /** Upper bound of the video's bitrate in bit/s. */
  maxBitrate?: number
}

type Kind = 'audio' | 'video'

/** Sends this member's microphone and camera. Tracks may change at any time without a new offer. */
export class Publisher extends PeerLink {
  /** Measured upload in kbit/s, so that the picture is sharp from the first second. */
  startKbps: number | null = null

  private readonly tracks: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null }
  private senders: Partial<Record<Kind, RTCRtpSender>> = {}
  private readonly maxBitrate: number

  constructor(options: PublisherOptions) {
    super(options)
    this.maxBitrate = options.maxBitrate ?? 2_500_000
  }

  async setTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    this.tracks[kind] = track
    // One statement, so that a peer made meanwhile (which already has the new track) is not touched twice.
    await this.senders[kind]?.replaceTrack(track)
  }

  override close(): void {
    super.close()
    this.senders = {}
  }

  protected override async prepare(pc: RTCPeerConnection): Promise<void> {
    const stream = new MediaStream()
    const audio = pc.addTransceiver(this.tracks.audio ?? 'audio', { direction: 'sendonly', streams: [stream] })
    const video = pc.addTransceiver(this.tracks.video ?? 'video', {
      direction: 'sendonly',
      streams: [stream],
      sendEncodings: [{ maxBitrate: this.maxBitrate, maxFramerate: 30 }],
    })
    onlyVp8(video, typeof RTCRtpSender === 'undefined' ? null : RTCRtpSender.getCapabilities('video'))
    this.senders = { audio: audio.sender, video: video.sender }
    await keepResolution(video.sender)
  }

  protected override offer(peer: string, sdp: string): Outgoing {
    return { type: 'peer.publish', peer, sdp, start_kbps: this.startKbps }
  }

  protected override countBytes(report: RTCStatsReport): number {
    return sum(report, 'outbound-rtp', 'bytesSent')
  }

  protected override expectsMedia(): boolean {
    return Object.values(this.tracks).some((track) => track !== null && track.readyState === 'live' && track.enabled && !track.muted)
  }
}

/** An inspector must be able to read a label: fewer pictures a second rather than smaller ones. */
async function keepResolution(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters() as RTCRtpSendParameters & { degradationPreference?: string }
  parameters.degradationPreference = 'maintain-resolution'
  try {
    await sender.setParameters(parameters)
  } catch (error) {
    // Safari and Firefox do not know the field; their own balance is acceptable.
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error
  }
}

export function sum(report: RTCStatsReport, type: string, field: string): number {
  let total = 0
  report.forEach((entry: Record<string, unknown>) => {
    if (entry['type'] === type && typeof entry[field] === 'number') total += entry[field]
  })
  return total
}
