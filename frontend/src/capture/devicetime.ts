/** What the phone's two clocks showed when something was done: the wall clock (may be set) and the monotonic one (may sleep). */
export interface Reading {
  wall: number
  mono: number
}

/** Kept with every queued action; `occurredAt` turns it into the server's time when it is sent. */
export interface Stamp extends Reading {
  /** One page life: monotonic clocks of two lives cannot be compared. */
  boot: string
  /** Server minus wall at the last contact before the action, in ms; null when there was none. */
  offset: number | null
  /** Wall minus monotonic at that contact; null across page lives. */
  skew: number | null
}

export interface ClockNews {
  /** How far the phone's clock was moved since the last contact, in ms. */
  moved: number
}

const SAME_MS = 5_000
export const MOVED_MS = 30_000

const browser = (): Reading => ({ wall: Date.now(), mono: performance.now() })

/** The server's time on a phone whose clock may be wrong, may be changed, and may sleep. */
export class DeviceTime {
  private offset: number | null
  private skew: number | null = null

  constructor(
    readonly boot: string,
    savedOffset: number | null = null,
    private readonly read: () => Reading = browser,
  ) {
    this.offset = savedOffset
  }

  get knownOffset(): number | null {
    return this.offset
  }

  /** An answer told the server's time. Says when the phone's clock was moved by more than half a minute meanwhile. */
  heard(server: number): ClockNews | null {
    const { wall, mono } = this.read()
    const before = this.offset
    this.offset = server - wall
    this.skew = wall - mono
    return before !== null && Math.abs(before - this.offset) >= MOVED_MS ? { moved: before - this.offset } : null
  }

  stamp(): Stamp {
    return { ...this.read(), boot: this.boot, offset: this.offset, skew: this.skew }
  }

  now(): Date {
    return new Date(this.at(this.stamp()))
  }

  /**
   * When the action happened in the server's time, as well as can be told now.
   * `floor` is the time of the action before it: what was done later is never told as earlier, nor as the future.
   */
  occurredAt(stamp: Stamp, floor: number | null = null): Date {
    const latest = Math.max(this.at(this.stamp()), floor ?? 0)
    return new Date(Math.min(latest, Math.max(this.at(stamp, latest), floor ?? 0)))
  }

  private at(stamp: Stamp, latest = Number.POSITIVE_INFINITY): number {
    const then = stamp.offset
    const now = this.offset
    if (then === null || now === null) return stamp.wall + (then ?? now ?? 0)
    if (Math.abs(then - now) < SAME_MS) return stamp.wall + then
    // The clock was moved between the two contacts: before or after the action?
    if (stamp.skew !== null) {
      const untouched = Math.abs(stamp.wall - stamp.mono - stamp.skew) < SAME_MS
      return stamp.wall + (untouched ? then : now)
    }
    const early = stamp.wall + then
    return early <= latest ? early : stamp.wall + now
  }
}
