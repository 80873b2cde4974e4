// The bureau's day as minutes, and minutes as a place on the timeline. Beijing time has no summer time.
const OFFSET = '+08:00'
const MINUTE = 60_000

export interface Hours {
  from: number
  until: number
}

export const STEP = 5

const midnight = (day: string) => Date.parse(`${day}T00:00:00${OFFSET}`)

/** Minutes since the bureau's midnight of `day`; may lie outside 0–1440 for another day. */
export function minuteOf(day: string, iso: string): number {
  return (Date.parse(iso) - midnight(day)) / MINUTE
}

export function isoOf(day: string, minute: number): string {
  return new Date(midnight(day) + minute * MINUTE).toISOString().replace('.000Z', 'Z')
}

export function dayOf(at: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(at)
}

export function dayAfter(day: string, days: number): string {
  return dayOf(midnight(day) + days * 1440 * MINUTE)
}

/** 570 → 09:30. */
export function label(minute: number): string {
  const whole = Math.round(minute)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(whole / 60))}:${two(((whole % 60) + 60) % 60)}`
}

export function snap(minute: number, step = STEP): number {
  return Math.round(minute / step) * step
}

/** Percent from the left edge; values outside the shown hours stay on the edge. */
export function percent(hours: Hours, minute: number): number {
  const inside = Math.min(Math.max(minute, hours.from), hours.until)
  return (100 * (inside - hours.from)) / (hours.until - hours.from)
}

export function minuteAt(hours: Hours, share: number): number {
  return hours.from + Math.min(Math.max(share, 0), 1) * (hours.until - hours.from)
}

/** Whole hours around everything that has to be shown, at least 08–18. */
export function hoursAround(minutes: readonly number[]): Hours {
  const inside = minutes.filter((minute) => minute >= 0 && minute <= 1440)
  const from = Math.min(480, ...inside)
  const until = Math.max(1080, ...inside)
  return { from: Math.floor(from / 60) * 60, until: Math.min(1440, Math.ceil(until / 60) * 60) }
}
