import { PROTOCOL_VERSION, type OnAck, type OnPeerAnswer, type Outgoing, type RoomState, type ServerMessage } from '@/api/protocol.gen'
import { Refusal } from '@/api/refusal'
import { socketBackOff, wallClockwork, type Clockwork } from './clockwork'
import { Emitter } from './emitter'

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
  getTicket: () => Promise<{ ticket: string; url: string }>
  openSocket?: (url: string) => SocketLike
  clockwork?: Clockwork
  replyTimeoutMs?: number
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
  cancelTimeout: () => void
}

const OPEN = 1
const FLOODED = 4429
const ENDS: Record<number, EndReason> = { 4403: 'not_allowed', 4409: 'replaced', 4410: 'room_closed' }
const TICKETS_IN_A_ROW = 3

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

  /** Sends and waits for `ack` or `peer.answer`; throws the server's refusal, or `client_offline` when nothing came. */
  request(message: Outgoing, timeoutMs = this.options.replyTimeoutMs ?? 8000): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const id = this.nextId()
      if (this.status !== 'open' || !this.write(id, message)) {
        reject(Refusal.offline())
        return
      }
      const cancelTimeout = this.clockwork.after(timeoutMs, () => {
        this.waiting.delete(id)
        reject(Refusal.offline())
        // Silence on a socket that looks open: the line is dead and only we can notice.
        this.drop(this.generation)
      })
      this.waiting.set(id, { resolve, reject, cancelTimeout })
    })
  }

  private async connect(): Promise<void> {
    const generation = (this.generation += 1)
    this.become('connecting')
    let ticket: { ticket: string; url: string }
    try {
      ticket = await this.options.getTicket()
    } catch (error) {
      if (generation !== this.generation) return
      const refusal = error instanceof Refusal ? error : Refusal.offline()
      if (refusal.temporary || refusal.status >= 500) this.waitAndRetry()
      else this.end('refused', refusal)
      return
    }
    if (generation !== this.generation) return
    this.open(generation, ticket)
  }

  private open(generation: number, { ticket, url }: { ticket: string; url: string }): void {
    const socket = (this.options.openSocket ?? openBrowserSocket)(url)
    this.socket = socket
    const cancelHandshake = this.clockwork.after(10_000, () => {
      if (this.status !== 'open') this.drop(generation)
    })
    socket.onopen = () => {
      if (generation === this.generation) this.write(this.nextId(), { type: 'hello', v: PROTOCOL_VERSION, ticket })
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

  private take(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.member = message.member
        this.attempt = 0
        this.badTickets = 0
        this.takeState(message.state)
        this.become('open')
        break
      case 'room.state':
        this.takeState(message.state)
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
    waiting?.cancelTimeout()
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
