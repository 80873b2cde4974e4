import { Refusal } from '@/api/refusal'
import type { Clockwork } from './clockwork'

export interface Ticket {
  ticket: string
  url: string
}

export type GetTicket = (signal: AbortSignal) => Promise<Ticket>

/** TCP sends again what the dark swallowed, but ever more rarely: a request of its own goes out beside it by then. */
const AGAIN_MS = 1500
/** So that one that is answered slowly still has six seconds. */
const MOST = 4

/** The first ticket that the line brings, of several asked for one after the other. */
export class TicketHunt {
  readonly ticket: Promise<Ticket>
  private asked: AbortController[] = []
  private cancelNext: () => void = () => undefined
  private settle!: { resolve: (ticket: Ticket) => void; reject: (refusal: Refusal) => void }

  constructor(
    private readonly getTicket: GetTicket,
    private readonly clockwork: Clockwork,
  ) {
    this.ticket = new Promise((resolve, reject) => {
      this.settle = { resolve, reject }
    })
    // Who has lost interest does not hear of its failure.
    this.ticket.catch(() => undefined)
    this.ask()
  }

  cancel(): void {
    this.end(() => this.settle.reject(Refusal.aborted()))
  }

  private ask(): void {
    const own = new AbortController()
    this.asked.push(own)
    while (this.asked.length > MOST) this.asked.shift()?.abort()
    this.cancelNext = this.clockwork.after(AGAIN_MS, () => this.ask())
    this.getTicket(own.signal).then(
      (ticket) => this.end(() => this.settle.resolve(ticket)),
      (error: unknown) => this.failed(own, error instanceof Refusal ? error : Refusal.offline()),
    )
  }

  /** What the server refuses is refused; a request that broke counts only when no other is under way. */
  private failed(own: AbortController, refusal: Refusal): void {
    if (!this.asked.includes(own)) return
    this.asked = this.asked.filter((one) => one !== own)
    if (refusal.temporary && this.asked.length > 0) return
    this.end(() => this.settle.reject(refusal))
  }

  private end(tell: () => void): void {
    this.cancelNext()
    const left = this.asked
    this.asked = []
    tell()
    for (const one of left) one.abort()
  }
}
