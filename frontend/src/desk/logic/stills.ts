// What became of each still asked of the phone. The answer may arrive twice (socket and re-read) and in any order.
export interface StillAsked {
  /** our own number until the server has named the request */
  key: string
  request: string | null
  item: string | null
  askedAt: number
  state: 'ASKED' | 'FAILED'
  code: string | null
}

export class StillLog {
  private asked: StillAsked[] = []
  private settled = new Set<string>()

  get open(): readonly StillAsked[] {
    return this.asked
  }

  ask(key: string, item: string | null, now: number): void {
    this.asked.push({ key, request: null, item, askedAt: now, state: 'ASKED', code: null })
  }

  /** The server named a request: it belongs to the oldest ask of that item that has no name yet. */
  named(request: string, item: string | null, key?: string): void {
    if (this.settled.has(request) || this.asked.some((still) => still.request === request)) return
    const mine = this.asked.find((still) =>
      key === undefined ? still.request === null && still.item === item : still.key === key,
    )
    if (mine) mine.request = request
  }

  /** Returns true the first time only, so that a repeated answer is not announced twice. */
  done(request: string): boolean {
    if (this.settled.has(request)) return false
    this.settled.add(request)
    this.asked = this.asked.filter((still) => still.request !== request)
    return true
  }

  failed(request: string, code: string): boolean {
    if (this.settled.has(request)) return false
    this.settled.add(request)
    const still = this.asked.find((candidate) => candidate.request === request)
    if (still) Object.assign(still, { state: 'FAILED', code })
    return still !== undefined
  }

  refused(key: string, code: string): void {
    const still = this.asked.find((candidate) => candidate.key === key)
    if (still) Object.assign(still, { state: 'FAILED', code })
  }

  /** A phone that says nothing for `after` ms did not get the request or cannot answer. */
  expire(now: number, after: number): StillAsked[] {
    const late = this.asked.filter((still) => still.state === 'ASKED' && now - still.askedAt >= after)
    for (const still of late) Object.assign(still, { state: 'FAILED', code: 'no_answer' })
    return late
  }

  dismiss(key: string): void {
    this.asked = this.asked.filter((still) => still.key !== key)
  }
}

/** One row per evidence item, newest first, whatever number of answers carried it. */
export function uniqueById<T extends { id: string; admitted_at: string }>(lists: readonly (readonly T[])[]): T[] {
  const seen = new Map<string, T>()
  for (const list of lists) for (const entry of list) seen.set(entry.id, entry)
  return [...seen.values()].sort((a, b) => b.admitted_at.localeCompare(a.admitted_at))
}
