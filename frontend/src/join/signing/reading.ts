/** A page counts as read when it was on the screen for so long, all looks together. */
export const DWELL_MS = 1200
/** A phone that slept between two ticks has shown nothing to anybody. */
const LONGEST_TICK_MS = 1000

/** How much of a page is in view: half of it, or as much as fills half the screen. */
export function isInView(seen: { ratio: number; height: number }, screenHeight: number): boolean {
  return seen.ratio >= 0.5 || seen.height >= screenHeight / 2
}

/** Adds up how long each page was really on the screen. */
export class Reading {
  private readonly shown = new Map<number, number>()
  private last: number | null = null

  /** Time has passed with these pages on the screen. */
  tick(now: number, onScreen: Iterable<number>): void {
    const passed = this.last === null ? 0 : Math.min(LONGEST_TICK_MS, now - this.last)
    this.last = now
    for (const page of onScreen) this.shown.set(page, (this.shown.get(page) ?? 0) + passed)
  }

  /** Pages looked at for long enough and not among those told already, with their milliseconds. */
  untold(told: readonly number[]): { page: number; ms: number }[] {
    return [...this.shown].filter(([page, ms]) => ms >= DWELL_MS && !told.includes(page)).map(([page, ms]) => ({ page, ms: Math.round(ms) }))
  }
}

/** The next page to look at after this one: the first unread further down, else the first unread at all. */
export function nextUnread(pages: number, read: readonly number[], current: number): number | null {
  const unread = Array.from({ length: pages }, (_, index) => index + 1).filter((page) => !read.includes(page))
  return unread.find((page) => page > current) ?? unread[0] ?? null
}
