// Shifts as people write them: 510 is 08:30; equal days stand together.
import type { Shift } from './types'

const two = (value: number) => String(value).padStart(2, '0')

export const clockOf = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`

export function minutesOf(clock: string): number {
  const [hours = '0', minutes = '0'] = clock.split(':')
  return Number(hours) * 60 + Number(minutes)
}

export interface Span {
  from: number
  until: number
  starts: number
  ends: number
}

/** Neighbouring weekdays with the same hours as one span, Monday first. */
export function spans(shifts: readonly Shift[]): Span[] {
  const found: Span[] = []
  for (const one of [...shifts].sort((a, b) => a.weekday - b.weekday)) {
    const last = found.at(-1)
    if (last && last.until === one.weekday - 1 && last.starts === one.starts && last.ends === one.ends) last.until = one.weekday
    else found.push({ from: one.weekday, until: one.weekday, starts: one.starts, ends: one.ends })
  }
  return found
}

/** A day and a time of the bureau's clock as an instant. */
export const instant = (day: string, clock: string) => `${day}T${clock}:00+08:00`
