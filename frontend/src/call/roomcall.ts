import type { MemberState, OnPointer, OnViewLevel, RoomState, SendPointer, ServerMessage } from '@/api/protocol.gen'
import { wallClockwork, type Clockwork } from './clockwork'
import type { RoomConnection } from './connection'
import { Emitter } from './emitter'
import type { Condition } from './hindrance'
import type { LinkState, PeerFactory } from './peerlink'
import { Publisher, type Level } from './publisher'
import { publishFigures } from './stats'
import { Subscriber } from './subscriber'

export interface RemoteMedia {
  member: string
  stream: MediaStream | null
  link: LinkState
  /** How much of its pictures our own line bears. */
  view: Subscriber['view']
}

/** How this page is, as the others should know it. */
export interface OwnCondition {
  audio: boolean
  video: boolean
  visible: boolean
  network?: string | null
  battery?: number | null
  reason?: string | null
  facing?: 'user' | 'environment' | null
  torch?: boolean | null
}

interface RoomCallEvents {
  remotes: RemoteMedia[]
  publishing: LinkState
  /** Another member points into a picture, by data channel or by socket. */
  pointer: Omit<OnPointer, 'type'>
}

export interface RoomCallOptions {
  connection: RoomConnection
  makePeer?: PeerFactory
  clockwork?: Clockwork
  /** Upper bound of the own video in bit/s. */
  maxBitrate?: number
}

const STATS_MS = 5000
/** After a step up the browser has tried by then what the line bears. */
const TRIED_MS = 2500
const CONDITION_MS = 15_000
/** With another sign that the line broke, silence of the socket means something sooner. */
const DOUBT_SOON_MS = 1000
/** Conditions under which a phone has no camera to send from. */
const STOPS_PICTURE: ReadonlySet<string> = new Set<Condition>(['phone_call', 'background', 'camera_taken'])

/** Everything one member sends and receives in a room: one publisher, one subscriber for each other member that publishes. */
export class RoomCall extends Emitter<RoomCallEvents> {
  readonly publisher: Publisher

  private readonly connection: RoomConnection
  private readonly clockwork: Clockwork
  private readonly makePeer: PeerFactory | undefined
  private readonly subscribers = new Map<string, Subscriber>()
  private readonly stops: (() => void)[] = []
  private readonly stopTimers = new Map<string, () => void>()
  private condition: OwnCondition | null = null
  private listening = true

  constructor(options: RoomCallOptions) {
    super()
    this.connection = options.connection
    this.clockwork = options.clockwork ?? wallClockwork
    this.makePeer = options.makePeer
    this.publisher = new Publisher({
      ...this.linkOptions(),
      ...(options.maxBitrate === undefined ? {} : { maxBitrate: options.maxBitrate }),
    })
    this.stops.push(
      this.publisher.on('state', (state) => this.emit('publishing', state)),
      this.connection.on('state', (state) => this.follow(state)),
      this.connection.on('status', (status) => {
        if (status === 'open' && this.condition) this.tell(this.condition)
        if (status === 'ended') this.closeMedia()
      }),
      this.connection.on('message', (message) => this.take(message)),
      this.publisher.on('pointer', (pointer) => this.emit('pointer', pointer)),
      this.publisher.on('quiet', () => void this.beat(DOUBT_SOON_MS)),
    )
    this.every('stats', STATS_MS, () => void this.sendStats())
    this.every('ease', STATS_MS, () => void this.publisher.easeEncoder())
    this.every('condition', CONDITION_MS, () => void this.beat())
    if (this.connection.state) this.follow(this.connection.state)
  }

  get remotes(): RemoteMedia[] {
    return [...this.subscribers.values()].map(({ source, stream, state, view }) => ({ member: source, stream, link: state, view }))
  }

  /** Points by the data channel, or by the socket while there is none; false when neither stands. */
  point(message: Omit<SendPointer, 'id'>): boolean {
    return this.publisher.point(message) || this.connection.send(message)
  }

  /** Tells the others at once, and again after every reconnect. */
  tell(condition: OwnCondition): void {
    this.condition = condition
    this.connection.send({ type: 'member.update', ...condition })
  }

  /** The network changed or the page came back: socket and media each prove that they live, or are made anew. */
  check(): void {
    this.connection.retryNow()
    void this.beat(DOUBT_SOON_MS)
    this.publisher.check()
    for (const subscriber of this.subscribers.values()) subscriber.check()
  }

  /** Receiving may be switched off, for example while the page only waits. */
  listen(on: boolean): void {
    this.listening = on
    if (this.connection.state) this.follow(this.connection.state)
  }

  dispose(): void {
    this.closeMedia()
    this.publisher.dispose()
    for (const stop of this.stops) stop()
    for (const stop of this.stopTimers.values()) stop()
    this.stopTimers.clear()
    this.forget()
  }

  private take(message: ServerMessage): void {
    if (message.type === 'media.level' && message.member === this.connection.member) this.obey(message.level)
    if (message.type === 'pointer') this.emit('pointer', message)
    if (message.type === 'view.level') this.seeLess(message)
  }

  private follow(state: RoomState): void {
    const me = state.members.find((member) => member.id === this.connection.member)
    // What the server has not reckoned yet is not limited.
    if (me) this.obey(me.level ?? 'HD')
    const mayListen = this.listening && !state.closed && (me?.admitted ?? false)
    const sources = mayListen ? state.members.filter((member) => this.sends(member)) : []
    const ids = new Set(sources.map((member) => member.id))
    for (const [id, subscriber] of [...this.subscribers]) {
      if (ids.has(id)) continue
      subscriber.dispose()
      this.subscribers.delete(id)
    }
    for (const source of sources) this.subscribe(source)
    this.emit('remotes', this.remotes)
  }

  private seeLess({ source, peer, level }: OnViewLevel): void {
    const subscriber = this.subscribers.get(source)
    if (!subscriber || subscriber.peer !== peer) return
    subscriber.view = level
    this.emit('remotes', this.remotes)
  }

  private obey(level: Level): void {
    if (level === this.publisher.level) return
    void this.publisher.setLevel(level)
    this.stopTimers.get('tried')?.()
    this.stopTimers.set(
      'tried',
      this.clockwork.after(TRIED_MS, () => void this.sendStats()),
    )
  }

  private sends(member: MemberState): boolean {
    // Who is here will publish once admitted: the path stands ready for the first key frame.
    return member.id !== this.connection.member && member.role !== 'RECORDER' && (member.publishing !== null || member.online)
  }

  private subscribe(source: MemberState): void {
    let subscriber = this.subscribers.get(source.id)
    if (!subscriber) {
      subscriber = new Subscriber(source.id, this.linkOptions())
      subscriber.on('stream', () => this.emit('remotes', this.remotes))
      subscriber.on('state', () => this.emit('remotes', this.remotes))
      subscriber.on('quiet', () => void this.beat(DOUBT_SOON_MS))
      this.subscribers.set(source.id, subscriber)
    }
    subscriber.sourceSends = source.online && (source.publishing?.audio === true || source.publishing?.video === true)
    subscriber.pictureDue = sendsPicture(source)
    subscriber.open()
  }

  private closeMedia(): void {
    this.publisher.close()
    for (const subscriber of this.subscribers.values()) subscriber.dispose()
    this.subscribers.clear()
    this.emit('remotes', [])
  }

  private async sendStats(): Promise<void> {
    if (this.connection.status !== 'open') return
    const { pc, peer } = this.publisher
    const figures = pc && peer ? { peer, ...(await publishFigures(pc)) } : {}
    this.connection.send({ type: 'stats', ...figures })
  }

  /** The acknowledged sign of life: without an answer the connection knows that its socket is dead. */
  private async beat(doubtMs?: number): Promise<void> {
    if (this.connection.status !== 'open' || !this.condition) return
    await this.connection.request({ type: 'member.update', ...this.condition }, doubtMs).catch(() => undefined)
  }

  private every(name: string, ms: number, run: () => void): void {
    this.stopTimers.set(
      name,
      this.clockwork.after(ms, () => {
        run()
        this.every(name, ms, run)
      }),
    )
  }

  private linkOptions() {
    return {
      signalling: this.connection,
      clockwork: this.clockwork,
      ...(this.makePeer ? { makePeer: this.makePeer } : {}),
    }
  }
}

/** Whether a picture of this member should be moving, as far as anybody has said. */
function sendsPicture({ publishing, link, level, condition }: MemberState): boolean {
  return publishing?.video === true && link === 'GOOD' && level !== 'VOICE_STILLS' && (condition === null || !STOPS_PICTURE.has(condition))
}
