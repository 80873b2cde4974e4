import type { Outgoing, OnViewLevel } from '@/api/protocol.gen'
import { counter, type Kind } from './counters'
import { onlyVp8, PeerLink, type LinkOptions } from './peerlink'

/** Receives one other member's stream. While a new path is made the last picture stays. */
export class Subscriber extends PeerLink {
  stream: MediaStream | null = null
  /** What the source says it sends; silence of one that sends nothing is no fault. */
  sourceSends = true
  /** Whether the source sends a picture besides its sound. */
  pictureDue = false
  /** How much of the pictures our own line bears, as the server says. */
  view: OnViewLevel['level'] = 'FULL'

  constructor(
    readonly source: string,
    options: LinkOptions,
  ) {
    super(options)
  }

  protected override prepare(pc: RTCPeerConnection): void {
    this.view = 'FULL'
    pc.addTransceiver('audio', { direction: 'recvonly' })
    const video = pc.addTransceiver('video', { direction: 'recvonly' })
    onlyVp8(video, typeof RTCRtpReceiver === 'undefined' ? null : RTCRtpReceiver.getCapabilities('video'))
    const stream = new MediaStream()
    pc.ontrack = (event) => {
      stream.addTrack(event.track)
      if (this.stream === stream) return
      this.stream = stream
      this.emit('stream', stream)
    }
  }

  protected override offer(peer: string, sdp: string): Outgoing {
    return { type: 'peer.subscribe', peer, source: this.source, sdp }
  }

  protected override countBytes(report: RTCStatsReport, kind: Kind): number {
    return counter(report, 'inbound-rtp', 'bytesReceived', kind) ?? 0
  }

  protected override expectsMedia(): boolean {
    return this.sourceSends
  }

  protected override expectsPicture(): boolean {
    return this.sourceSends && this.pictureDue && this.view !== 'VOICE'
  }
}
