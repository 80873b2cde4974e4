import type { Ceremony } from '@/api/signing'

export const STEPS = ['read', 'ask', 'consent', 'identity', 'code', 'write'] as const
export type Step = (typeof STEPS)[number]

/** What only this page knows. */
export interface Own {
  /** Where the person wants to be. */
  at: Step
  /** The consent text was accepted on this phone. */
  consented: boolean
  /** The certified key is in this page's memory: a page opened again has lost it. */
  held: boolean
}

/** Whether name and number are still to be compared; a service that was away keeps nobody from going on. */
export function asksWho(ceremony: Ceremony): boolean {
  return ceremony.identity.needed && ceremony.identity.result !== 'matched' && ceremony.identity.result !== 'unavailable'
}

/** The farthest step that what was done so far allows. */
function farthest(ceremony: Ceremony, own: Own): Step {
  if (!ceremony.read.complete) return 'read'
  if (own.held) return 'write'
  if (own.consented && asksWho(ceremony)) return 'identity'
  return own.consented && ceremony.code.needed ? 'code' : 'consent'
}

/** While the record is made anew with the person's objection there is nothing to sign. */
export function stepOf(ceremony: Ceremony, own: Own): Step | 'remaking' {
  if (ceremony.objection || ceremony.state === 'SUPERSEDED') return 'remaking'
  const limit = farthest(ceremony, own)
  return STEPS.indexOf(own.at) < STEPS.indexOf(limit) ? own.at : limit
}

/** Where a page opened again goes on: a code that was sent is waited for, everything else begins with the pages. */
export function resumed(ceremony: Ceremony, consented: boolean): Step {
  return consented && ceremony.code.needed && ceremony.code.expires_at !== null ? 'code' : 'read'
}

/** What the person sees of the way: number and code count only where they are asked for. */
export function progress(step: Step, ceremony: Ceremony): { i: number; n: number } {
  const way = STEPS.filter((one) => (one !== 'code' || ceremony.code.needed) && (one !== 'identity' || ceremony.identity.needed))
  return { i: way.indexOf(step) + 1, n: way.length }
}

/** What an objection still lacks before it can be handed in: a recording that runs is not lost by haste. */
export function missingIn(objection: { text: string; voice: boolean; recording: boolean }): 'object_recording' | 'object_empty' | null {
  if (objection.recording) return 'object_recording'
  return objection.text.trim() || objection.voice ? null : 'object_empty'
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** What is wrong with a citizen's number (GB 11643): its form, or its check character. */
export function wrongIn(number: string): 'identity_form' | 'identity_typo' | null {
  if (!/^[0-9]{17}[0-9X]$/.test(number)) return 'identity_form'
  const total = WEIGHTS.reduce((sum, weight, place) => sum + weight * Number(number[place]), 0)
  return '10X98765432'[total % 11] === number[17] ? null : 'identity_typo'
}

/** The digits that the text message names, so that the person can compare. */
export function lastDigits(sha256: string): string {
  return sha256.slice(-6)
}
