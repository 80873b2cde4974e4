import { PROTOCOL_VERSION, type OnAck, type OnPeerAnswer, type Outgoing, type RoomState, type ServerMessage } from '@/api/protocol.gen'
import { Refusal } from '@/api/refusal'
import { withLines } from './chatlines'
import { socketBackOff, wallClockwork, type Clockwork } from './clockwork'
import { Emitter } from './emitter'
import { TicketHunt, type GetTicket, type Knock, type Ticket } from './tickethunt'

export type ConnectionStatus = 'idle' | 'connecting' | 'open' | 'waiting' | 'ended'
export type EndReason = 'left' | 'replaced' | 'room_closed' | 'not_allowed' | 'ticket_invalid' | 'refused'
export type Reply = OnAck | OnPeerAnswer

export interface SocketLike {
  readyState: number
  send(text: string): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface ConnectionOptions {
  /** A fresh ticket for every `hello`; a refusal of it that is not temporary ends the connection. */
  getTicket: GetTicket
  openSocket?: (url: string) => SocketLike
  clockwork?: Clockwork
}

interface ConnectionEvents {
  status: ConnectionStatus
  state: RoomState
  message: ServerMessage
  ended: { reason: EndReason; refusal: Refusal | null }
}

interface Waiting {
  resolve: (reply: Reply) => void
  reject: (refusal: Refusal) => void
  cancelTimers: () => void
}

const OPEN = 1
const FLOODED = 4429
const ENDS: Record<number, EndReason> = { 4403: 'not_allowed', 4409: 'replaced', 4410: 'room_closed' }
const TICKETS_IN_A_ROW = 3
const REPLY_MS = 8000
/** Without a reply by then a ticket is sought beside the socket; see `doubt`. A busy server may need some seconds for media. */
const DOUBT_MS = 5000
const DOUBT_AGAIN_MS = 1000

export function socketUrl(path: string, page: Location = location): string {
  const url = new URL(path, page.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

/**
 * The socket to one room, for as long as the page wants to be in it: reconnects by itself, each time with a fresh ticket.
 * A socket that has been superseded cannot speak any more, whatever arrives on it late.
 */
export class RoomConnection extends Emitter<ConnectionEvents> {
  status: ConnectionStatus = 'idle'
  state: RoomState | null = null
  member: string | null = null

  private readonly clockwork: Clockwork
  private readonly waiting = new Map<string, Waiting>()
  private socket: SocketLike | null = null
  private generation = 0
  private attempt = 0
  private badTickets = 0
  private counter = 0
  private cancelTimer: () => void = () => undefined
  private hunt: TicketHunt | null = null
  /** Of the last ticket; without one nobody knows yet where to knock. */
  private door: string | null = null

  constructor(private readonly options: ConnectionOptions) {
    super()
    this.clockwork = options.clockwork ?? wallClockwork
  }

  start(): void {
    if (this.status === 'connecting' || this.status === 'open') return
    this.attempt = 0
    this.badTickets = 0
    void this.connect()
  }

  /** Leaves the room and says so, so that the others see it at once. */
  stop(): void {
    if (this.status === 'ended') return
    this.send({ type: 'leave' })
    this.end('left', null)
  }

  /** The network is back or the page visible: no reason to wait for the timer. */
  retryNow(): void {
    if (this.status !== 'waiting') return
    this.cancelTimer()
    void this.connect()
  }

  /** Sends without waiting for an answer; false when there is no socket to send on. */
  send(message: Outgoing): boolean {
    if (this.status !== 'open') return false
    return this.write(this.nextId(), message)
  }

  /**
   * Sends and waits for `ack` or `peer.answer`; throws the server's refusal, or `client_offline` when nothing came.
   * After `doubtMs` of silence the socket is doubted.
   */
  request(message: Outgoing, doubtMs = DOUBT_MS): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const id = this.nextId()
      if (this.status !== 'open' || !this.write(id, message)) {
        reject(Refusal.offline())
        return
      }
      const cancelDoubt = this.clockwork.after(doubtMs, () => void this.doubt())
      const cancelTimeout = this.clockwork.after(REPLY_MS, () => {
        this.waiting.delete(id)
        reject(Refusal.offline())
        // Silence on a socket that looks open: the line is dead and only we can notice.
        this.drop(this.generation)
      })
      const cancelTimers = () => {
        cancelDoubt()
        cancelTimeout()
      }
      this.waiting.set(id, { resolve, reject, cancelTimers })
    })
  }

  /**
   * A socket that says nothing may be dead or the line dark or slow. A ticket tells them apart: when the line brings one
   * before any word on the socket, that is dead and the next is opened with the ticket; when the socket speaks first, all is well.
   */
  private async doubt(): Promise<void> {
    if (this.hunt || this.status !== 'open') return
    const hunt = this.seek()
    let ticket: Ticket
    try {
      ticket = await hunt.ticket
    } catch {
      // No ticket to be had now; the socket that is doubted still stands, and while it owes a reply it is doubted.
      if (this.hunt === hunt) this.hunt = null
      this.clockwork.after(DOUBT_AGAIN_MS, () => {
        if (this.waiting.size > 0) void this.doubt()
      })
      return
    }
    if (this.hunt !== hunt || this.status !== 'open') return
    this.letGo()
    this.hunt = null
    this.become('connecting')
    this.open(this.generation, ticket)
  }

  private seek(): TicketHunt {
    const { door } = this
    this.hunt = new TicketHunt(this.options.getTicket, this.clockwork, door === null ? null : (heard) => this.knock(door, heard))
    return this.hunt
  }

  /** Opens a socket that says nothing, only to see whether the line bears one. */
  private knock(door: string, heard: Parameters<Knock>[0]): () => void {
    const socket = this.newSocket(door)
    const giveUp = () => {
      socket.onopen = socket.onclose = null
      socket.close()
    }
    const end = (open: boolean) => () => {
      giveUp()
      heard(open)
    }
    socket.onopen = end(true)
    socket.onclose = end(false)
    return giveUp
  }

  private giveUpHunt(): void {
    this.hunt?.cancel()
    this.hunt = null
  }

  private async connect(): Promise<void> {
    const generation = (this.generation += 1)
    this.become('connecting')
    // One that was sought while the last socket was doubted may be on its way already.
    const hunt = this.hunt ?? this.seek()
    let ticket: Ticket
    try {
      ticket = await hunt.ticket
    } catch (error) {
      if (generation !== this.generation) return
      this.hunt = null
      const refusal = error instanceof Refusal ? error : Refusal.offline()
      if (refusal.temporary || refusal.status >= 500) this.waitAndRetry()
      else this.end('refused', refusal)
      return
    }
    if (generation !== this.generation) return
    this.hunt = null
    this.open(generation, ticket)
  }

  private open(generation: number, { ticket, url }: Ticket): void {
    this.door = url
    const socket = this.newSocket(url)
    this.socket = socket
    const cancelHandshake = this.clockwork.after(10_000, () => {
      if (this.status !== 'open') this.drop(generation)
    })
    socket.onopen = () => {
      if (generation === this.generation) this.write(this.nextId(), { type: 'hello', v: PROTOCOL_VERSION, ticket, chat_once: true })
    }
    socket.onmessage = (event) => {
      if (generation !== this.generation) return
      const message = readMessage(event.data)
      if (message?.type === 'welcome') cancelHandshake()
      if (message) this.take(message)
    }
    socket.onclose = (event) => {
      cancelHandshake()
      if (generation === this.generation) this.closed(event.code)
    }
  }

  private newSocket(url: string): SocketLike {
    return (this.options.openSocket ?? openBrowserSocket)(url)
  }

  private take(message: ServerMessage): void {
    this.giveUpHunt()
    switch (message.type) {
      case 'welcome':
        this.member = message.member
        this.attempt = 0
        this.badTickets = 0
        this.takeState(message.state)
        this.become('open')
        break
      case 'room.state':
        this.takeState(withLines(message.state, this.state?.chat ?? []))
        break
      case 'chat.message':
        if (this.state) this.takeState(withLines({ ...this.state, chat: [message.message] }, this.state.chat))
        break
      case 'ack':
      case 'peer.answer':
        this.settle(message.reply_to)?.resolve(message)
        break
      case 'error':
        if (message.reply_to !== null) {
          this.settle(message.reply_to)?.reject(
            new Refusal({ code: message.code, status: 409, title: message.title, action: message.action, fields: { field: message.field } }),
          )
        }
        break
      default:
        break
    }
    this.emit('message', message)
  }

  private takeState(state: RoomState): void {
    if (this.state && this.state.room === state.room && state.version < this.state.version) return
    this.state = state
    this.emit('state', state)
  }

  private settle(id: string): Waiting | undefined {
    const waiting = this.waiting.get(id)
    this.waiting.delete(id)
    waiting?.cancelTimers()
    return waiting
  }

  /** Gives up a socket that seems dead, and opens the next. */
  private drop(generation: number): void {
    if (generation !== this.generation) return
    this.closed(1006)
  }

  private closed(code: number): void {
    const end = ENDS[code]
    if (end) {
      this.end(end, null)
      return
    }
    if (code === 4401) {
      this.badTickets += 1
      if (this.badTickets >= TICKETS_IN_A_ROW) {
        this.end('ticket_invalid', null)
        return
      }
    }
    this.letGo()
    this.waitAndRetry(code === FLOODED ? 10_000 : 0)
  }

  private waitAndRetry(atLeast = 0): void {
    this.become('waiting')
    const delay = Math.max(atLeast, socketBackOff(this.attempt, this.clockwork))
    this.attempt += 1
    this.cancelTimer()
    this.cancelTimer = this.clockwork.after(delay, () => void this.connect())
  }

  private end(reason: EndReason, refusal: Refusal | null): void {
    this.cancelTimer()
    this.giveUpHunt()
    this.letGo()
    this.become('ended')
    this.emit('ended', { reason, refusal })
  }

  private letGo(): void {
    this.generation += 1
    const socket = this.socket
    this.socket = null
    socket?.close()
    for (const id of [...this.waiting.keys()]) this.settle(id)?.reject(Refusal.offline())
  }

  private become(status: ConnectionStatus): void {
    if (this.status === status) return
    this.status = status
    this.emit('status', status)
  }

  private write(id: string, message: Outgoing): boolean {
    if (this.socket?.readyState !== OPEN) return false
    this.socket.send(JSON.stringify({ ...message, id }))
    return true
  }

  private nextId(): string {
    this.counter += 1
    return String(this.counter)
  }
}

function openBrowserSocket(path: string): SocketLike {
  return new WebSocket(socketUrl(path)) as unknown as SocketLike
}

function readMessage(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null
  return JSON.parse(data) as ServerMessage
}
