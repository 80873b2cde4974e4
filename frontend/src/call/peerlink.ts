import type { IceServer, OnPointer, Outgoing, ServerMessage } from '@/api/protocol.gen'
import { newIntent } from '@/api/client'
import { Refusal } from '@/api/refusal'
import { peerBackOff, wallClockwork, type Clockwork } from './clockwork'
import type { Reply } from './connection'
import { received, type Kind } from './counters'
import { Emitter } from './emitter'

export type LinkState = 'closed' | 'connecting' | 'up' | 'broken' | 'refused'

/** What a link needs of the room's socket. */
export interface Signalling {
  readonly status: string
  readonly state: { ice_servers: IceServer[] } | null
  send(message: Outgoing): boolean
  request(message: Outgoing): Promise<Reply>
  on(name: 'status', listener: (status: string) => void): () => void
  on(name: 'message', listener: (message: ServerMessage) => void): () => void
}

export type PeerFactory = (config: RTCConfiguration) => RTCPeerConnection

export interface LinkOptions {
  signalling: Signalling
  makePeer?: PeerFactory
  clockwork?: Clockwork
}

export interface LinkEvents {
  state: LinkState
  refused: Refusal
  /** Only of a subscriber: what it receives. */
  stream: MediaStream
  /** For some seconds nothing at all came from the other side, not even its feedback. */
  quiet: undefined
  /** Only of a publisher: another member points, told by data channel. */
  pointer: Omit<OnPointer, 'type'>
}

const GATHER_MS = 1000
const DISCONNECTED_MS = 4000
const CONNECT_MS = 10_000
const STEADY_MS = 10_000
const WATCH_MS = 1000
/** Looks of the watchdog without one more byte before the path counts as dead. */
const STALLS = 6
/** As STALLS, for a picture alone: a line that bears no more than the sound must not be cut again and again. */
const PICTURE_STALLS = 8
const MOST_PICTURE_STALLS = 64
/** Looks without anything from the other side before somebody should ask what is wrong. */
const QUIET = 2
/** After a change of the network the path must show life within this time; one that was quiet already, within the shorter. */
const CHECK_MS = 1500
const CHECK_SOON_MS = 500
const FINAL = new Set(['room_closed', 'not_allowed', 'member_revoked', 'codec_unsupported', 'offer_invalid', 'room_full'])

interface Draft {
  peer: string
  pc: RTCPeerConnection
  sdp: string
  made: number
}

/**
 * One stream, kept up: whatever breaks the peer connection, a new one is offered under a new id.
 * There is no renegotiation: attempts run one after the other in a queue, and what belongs to an older one is ignored.
 */
export abstract class PeerLink extends Emitter<LinkEvents> {
  state: LinkState = 'closed'
  pc: RTCPeerConnection | null = null
  peer: string | null = null

  protected readonly signalling: Signalling
  protected readonly clockwork: Clockwork
  private readonly makePeer: PeerFactory
  private readonly stops: (() => void)[]
  private wanted = false
  private queue: Promise<void> = Promise.resolve()
  private queued = false
  private failures = 0
  private draft: Draft | null = null
  /** The offer that is being made beforehand, while nobody has closed the link meanwhile. */
  private warming: symbol | null = null
  private cancelTimers: (() => void)[] = []
  private readonly seen: Record<Kind, number> = { audio: 0, video: 0 }
  private stalls = 0
  private heard = 0
  private unheard = 0
  private pictureStalls = 0
  private picturePatience = PICTURE_STALLS

  constructor(options: LinkOptions) {
    super()
    this.signalling = options.signalling
    this.clockwork = options.clockwork ?? wallClockwork
    this.makePeer = options.makePeer ?? ((config) => new RTCPeerConnection(config))
    this.stops = [
      this.signalling.on('status', (status) => {
        if (status === 'open') this.lookAfterSocket()
      }),
      this.signalling.on('message', (message) => {
        if (message.type === 'peer.closed' && message.peer === this.peer) this.broke('peer_closed')
      }),
    ]
  }

  protected abstract prepare(pc: RTCPeerConnection): void | Promise<void>
  protected abstract offer(peer: string, sdp: string): Outgoing
  protected abstract countBytes(report: RTCStatsReport, kind: Kind): number

  open(): void {
    if (this.wanted) return
    this.wanted = true
    this.failures = 0
    this.renew()
  }

  /** Makes the offer now so that `open` only has to send it. */
  async warmUp(): Promise<void> {
    if (this.wanted || this.warming || (this.draft && this.clockwork.now() - this.draft.made < 45_000)) return
    this.dropDraft()
    const mine = (this.warming = Symbol('draft'))
    try {
      const draft = await this.makeDraft()
      if (this.wanted || this.warming !== mine) draft.pc.close()
      else this.draft = draft
    } finally {
      if (this.warming === mine) this.warming = null
    }
  }

  close(): void {
    this.wanted = false
    this.dropDraft()
    this.letGo({ tell: true })
    this.become('closed')
  }

  dispose(): void {
    this.close()
    for (const stop of this.stops) stop()
    this.forget()
  }

  /** A new peer connection under the same member; several reasons at once make one attempt. */
  renew(): void {
    if (!this.wanted || this.queued) return
    this.queued = true
    this.queue = this.queue.then(async () => {
      this.queued = false
      if (this.wanted) await this.attempt()
    })
  }

  /** The network changed or the page came back: a waiting link tries now, one that stands must show that bytes move. */
  check(): void {
    // What failed on the network before says nothing of this one.
    this.failures = 0
    if (this.state === 'broken') this.renew()
    else if (this.state === 'up' && this.pc) void this.proveLife(this.pc)
  }

  /** A new socket: what broke is offered over it at once, and what broke the last one may have broken the path, too. */
  private lookAfterSocket(): void {
    if (!this.wanted || this.state === 'refused') return
    if (this.state !== 'up') this.renew()
    else if (this.pc) void this.proveLife(this.pc, this.doubtful(this.pc) ? CHECK_SOON_MS : CHECK_MS)
  }

  private doubtful(pc: RTCPeerConnection): boolean {
    return this.unheard > 0 || pc.connectionState === 'disconnected'
  }

  private async proveLife(pc: RTCPeerConnection, within = CHECK_MS): Promise<void> {
    const before = this.signsOfLife(await pc.getStats())
    if (this.pc !== pc || !this.expectsMedia()) return
    this.later(within, () => void this.expectMore(pc, before))
  }

  private async expectMore(pc: RTCPeerConnection, before: number): Promise<void> {
    const moved = this.signsOfLife(await pc.getStats()) > before
    if (this.pc === pc && this.state === 'up' && (!moved || pc.connectionState === 'disconnected')) this.broke('silent')
  }

  protected become(state: LinkState): void {
    if (this.state === state) return
    this.state = state
    this.emit('state', state)
  }

  private async attempt(): Promise<void> {
    if (this.signalling.status !== 'open') {
      this.become('broken')
      return
    }
    this.letGo({ tell: true })
    this.become('connecting')
    let draft: Draft | null = null
    try {
      draft = this.takeDraft() ?? (await this.makeDraft())
      this.adopt(draft)
      const reply = await this.signalling.request(this.offer(draft.peer, draft.sdp))
      if (this.pc !== draft.pc || reply.type !== 'peer.answer') return
      await draft.pc.setRemoteDescription({ type: 'answer', sdp: reply.sdp })
      this.later(CONNECT_MS, () => {
        if (this.state === 'connecting') this.broke('no_path')
      })
    } catch (error) {
      if (draft && this.pc !== draft.pc) return
      if (error instanceof Refusal && FINAL.has(error.code)) this.refuse(error)
      else this.broke(error instanceof Refusal ? error.code : 'negotiation')
    }
  }

  private async makeDraft(): Promise<Draft> {
    const pc = this.makePeer({ iceServers: iceServers(this.signalling.state?.ice_servers ?? []), bundlePolicy: 'max-bundle' })
    await this.prepare(pc)
    await pc.setLocalDescription(await pc.createOffer())
    await gathered(pc, this.clockwork)
    return { peer: newIntent(), pc, sdp: pc.localDescription?.sdp ?? '', made: this.clockwork.now() }
  }

  private takeDraft(): Draft | null {
    const draft = this.draft
    this.draft = null
    if (!draft || this.clockwork.now() - draft.made < 60_000) return draft
    draft.pc.close()
    return null
  }

  private dropDraft(): void {
    this.draft?.pc.close()
    this.draft = this.warming = null
  }

  private adopt({ peer, pc }: Draft): void {
    this.pc = pc
    this.peer = peer
    pc.onconnectionstatechange = () => {
      if (this.pc === pc) this.follow(pc)
    }
  }

  private follow(pc: RTCPeerConnection): void {
    if (pc.connectionState === 'connected') {
      this.clearTimers()
      this.become('up')
      this.later(STEADY_MS, () => {
        this.failures = 0
        this.stood()
      })
      this.stalls = this.pictureStalls = this.unheard = 0
      this.seen.audio = this.seen.video = this.heard = 0
      this.later(WATCH_MS, () => void this.watch(pc))
    } else if (pc.connectionState === 'failed') {
      this.broke('failed')
    } else if (pc.connectionState === 'disconnected') {
      this.later(DISCONNECTED_MS, () => {
        if (this.pc === pc && pc.connectionState === 'disconnected') this.broke('disconnected')
      })
    }
  }

  /**
   * Paths die without a word (a NAT forgets, a phone sleeps): bytes that stop growing tell it first.
   * An encoder or a decoder dies alone, too: the picture is counted apart from the sound that goes on.
   */
  private async watch(pc: RTCPeerConnection): Promise<void> {
    if (this.pc !== pc || this.state !== 'up') return
    const report = await pc.getStats()
    if (this.pc !== pc) return
    this.listen(report)
    const sound = this.grew(report, 'audio')
    const picture = this.grew(report, 'video')
    this.stalls = sound || picture || !this.expectsMedia() ? 0 : this.stalls + 1
    this.pictureStalls = picture || !this.expectsPicture() ? 0 : this.pictureStalls + 1
    if (picture) this.picturePatience = PICTURE_STALLS
    if (this.stalls >= STALLS) this.broke('silent')
    else if (this.pictureStalls >= this.picturePatience) {
      this.picturePatience = Math.min(MOST_PICTURE_STALLS, 2 * this.picturePatience)
      this.broke('no_picture')
    } else this.later(WATCH_MS, () => void this.watch(pc))
  }

  private grew(report: RTCStatsReport, kind: Kind): boolean {
    const bytes = this.countBytes(report, kind)
    const more = bytes > this.seen[kind]
    this.seen[kind] = bytes
    return more
  }

  private listen(report: RTCStatsReport): void {
    const heard = this.signsOfLife(report)
    this.unheard = heard > this.heard || !this.expectsMedia() ? 0 : this.unheard + 1
    this.heard = heard
    if (this.unheard === QUIET) this.emit('quiet', undefined)
  }

  /** What a sender hears back tells of its path; what it sends tells nothing. */
  private signsOfLife(report: RTCStatsReport): number {
    return received(report) ?? this.countBytes(report, 'audio') + this.countBytes(report, 'video')
  }

  /** The path has held for a while. */
  protected stood(): void {
    // A receiver draws nothing from it.
  }

  /** Whether silence would be a fault; a source that has switched everything off is silent by right. */
  protected expectsMedia(): boolean {
    return true
  }

  /** Whether a picture that stands still would be a fault although the sound goes on. */
  protected abstract expectsPicture(): boolean

  private broke(reason: string): void {
    if (!this.wanted) return
    this.letGo({ tell: reason !== 'peer_closed' })
    this.become('broken')
    const delay = peerBackOff(this.failures, this.clockwork)
    this.failures += 1
    this.later(delay, () => this.renew())
  }

  private refuse(refusal: Refusal): void {
    this.letGo({ tell: false })
    this.become('refused')
    this.emit('refused', refusal)
  }

  private letGo({ tell }: { tell: boolean }): void {
    this.clearTimers()
    const { pc, peer } = this
    this.pc = null
    this.peer = null
    if (!pc) return
    pc.onconnectionstatechange = null
    pc.close()
    if (tell && peer) this.signalling.send({ type: 'peer.close', peer })
  }

  private later(ms: number, run: () => void): void {
    this.cancelTimers.push(this.clockwork.after(ms, run))
  }

  private clearTimers(): void {
    for (const cancel of this.cancelTimers) cancel()
    this.cancelTimers = []
  }
}

function iceServers(servers: IceServer[]): RTCIceServer[] {
  return servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username === null ? {} : { username }),
    ...(credential === null ? {} : { credential }),
  }))
}

/** All candidates, or those found within a second: a dead STUN server must not hold up the call. */
export function gathered(pc: RTCPeerConnection, clockwork: Clockwork): Promise<void> {
  if (pc.iceGatheringState === 'complete') return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      cancel()
      pc.removeEventListener('icegatheringstatechange', look)
      resolve()
    }
    const look = () => {
      if (pc.iceGatheringState === 'complete') done()
    }
    const cancel = clockwork.after(GATHER_MS, done)
    pc.addEventListener('icegatheringstatechange', look)
  })
}

/** A room holds VP8 and Opus only. */
export function onlyVp8(transceiver: RTCRtpTransceiver, kinds: RTCRtpCapabilities | null): void {
  const codecs = kinds?.codecs.filter((codec) => /^video\/(vp8|rtx)$/i.test(codec.mimeType)) ?? []
  if (codecs.length > 0 && typeof transceiver.setCodecPreferences === 'function') transceiver.setCodecPreferences(codecs)
}
