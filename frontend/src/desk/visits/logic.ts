import type { VisitWord } from './words.zh'
import type { Place } from './types'

/** The middle of an area's box: near enough to be corrected on the map. */
export function middle(polygon: readonly Place[]): Place {
  const of = (axis: 0 | 1) => {
    const values = polygon.map((point) => point[axis])
    return Number(((Math.min(...values) + Math.max(...values)) / 2).toFixed(6))
  }
  return [of(0), of(1)]
}

/** What the desk can do with a delegation; shown when the server names the ability. */
export interface Act {
  verb: string
  ability: string
  word: VisitWord
  main?: true
  /** Asks for a reason, and says beforehand what will happen. */
  reason?: VisitWord
}

export const ACTS: readonly Act[] = [
  { verb: 'accept', ability: 'delegation.accept', word: 'detail.accept', main: true },
  { verb: 'call-back', ability: 'delegation.call_back', word: 'detail.call_back' },
  { verb: 'resume', ability: 'delegation.resume', word: 'detail.resume', main: true },
  { verb: 'deliver', ability: 'delegation.deliver', word: 'detail.deliver', main: true },
  { verb: 'archive', ability: 'delegation.archive', word: 'detail.archive', main: true },
  { verb: 'report', ability: 'delegation.report', word: 'detail.report', main: true },
  { verb: 'suspend', ability: 'delegation.suspend', word: 'detail.suspend', reason: 'detail.suspend_what' },
  { verb: 'terminate', ability: 'delegation.terminate', word: 'detail.terminate', reason: 'detail.terminate_what' },
]

/** Working minutes as a person says them; a working day has eight hours. */
export function worked(minutes: number): { word: VisitWord; n: number } {
  if (minutes >= 480) return { word: 'detail.days', n: Math.round((minutes / 480) * 10) / 10 }
  if (minutes >= 60) return { word: 'detail.hours', n: Math.round((minutes / 60) * 10) / 10 }
  return { word: 'detail.minutes', n: minutes }
}
