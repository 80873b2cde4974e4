import { Refusal } from '@/api/refusal'
import type { Clockwork } from './clockwork'

export interface Ticket {
  ticket: string
  url: string
}

export type GetTicket = (signal: AbortSignal) => Promise<Ticket>

/** Tries whether the line bears a new connection and says once whether it did; what it returns gives the try up. */
export type Knock = (heard: (open: boolean) => void) => () => void

/** TCP sends again what the dark swallowed, but ever more rarely: a request of its own goes out beside it by then. */
const AGAIN_MS = 1500
/** So that one that is answered slowly still has six seconds. */
const MOST = 4
/**
 * Requests in the dark wait for connections, and of those a browser makes six to a server, no more, and keeps them when
 * the requests are aborted: all six would soon be silent for half a minute each. A socket that is given up takes its
 * connection along, so the next begins at once. Who knocks leaves the rest of the six to whoever asks after the dark.
 */
const ASKED_BEFORE_KNOCKING = 2
/** In five seconds TCP tries at the first, the second and the fourth: the line is not back for longer than two unseen. */
const KNOCK_MS = 5000

/** The first ticket that the line brings, of several asked for one after the other. */
export class TicketHunt {
  readonly ticket: Promise<Ticket>
  private asked: AbortController[] = []
  private cancelNext: () => void = () => undefined
  private cancelKnock: () => void = () => undefined
  private settle!: { resolve: (ticket: Ticket) => void; reject: (refusal: Refusal) => void }

  constructor(
    private readonly getTicket: GetTicket,
    private readonly clockwork: Clockwork,
    private readonly knock: Knock | null = null,
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
    this.next(AGAIN_MS)
    this.getTicket(own.signal).then(
      (ticket) => this.end(() => this.settle.resolve(ticket)),
      (error: unknown) => this.failed(own, error instanceof Refusal ? error : Refusal.offline()),
    )
    // Only now: one that is aborted before leaves its silent connection to the new one.
    while (this.asked.length > MOST) this.asked.shift()?.abort()
  }

  private next(ms: number): void {
    this.cancelNext()
    this.cancelNext = this.clockwork.after(ms, () => {
      if (this.knock && this.asked.length >= ASKED_BEFORE_KNOCKING) this.try(this.knock)
      else this.ask()
    })
  }

  private try(knock: Knock): void {
    this.cancelKnock()
    this.next(KNOCK_MS)
    this.cancelKnock = knock((open) => {
      if (open) this.ask()
      else this.next(AGAIN_MS)
    })
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
    this.cancelKnock()
    const left = this.asked
    this.asked = []
    tell()
    for (const one of left) one.abort()
  }
}
