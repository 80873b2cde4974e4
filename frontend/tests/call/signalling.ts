import type { Outgoing, ServerMessage } from '@/api/protocol.gen'
import type { Refusal } from '@/api/refusal'

/** A room's socket as a link sees it: answers every offer, or refuses. */
export class FakeSignalling {
  status = 'open'
  state = { ice_servers: [] }
  readonly offers: Extract<Outgoing, { type: 'peer.publish' | 'peer.subscribe' }>[] = []
  readonly closed: string[] = []
  refusal: Refusal | null = null
  private readonly listeners: Record<string, ((value: never) => void)[]> = { status: [], message: [] }

  on(name: 'status' | 'message', listener: (value: never) => void): () => void {
    this.listeners[name]?.push(listener)
    return () => undefined
  }
  send(message: Outgoing): boolean {
    if (message.type === 'peer.close') this.closed.push(message.peer)
    return true
  }
  request(message: Outgoing) {
    if (message.type !== 'peer.publish' && message.type !== 'peer.subscribe') throw new Error('unexpected')
    this.offers.push(message)
    if (this.refusal) return Promise.reject(this.refusal)
    return Promise.resolve({ type: 'peer.answer' as const, reply_to: '1', peer: message.peer, sdp: `answer-${this.offers.length}` })
  }
  becomes(status: string): void {
    this.status = status
    for (const listener of this.listeners['status'] ?? []) (listener as (value: string) => void)(status)
  }
  says(message: ServerMessage): void {
    for (const listener of this.listeners['message'] ?? []) (listener as (value: ServerMessage) => void)(message)
  }
}
