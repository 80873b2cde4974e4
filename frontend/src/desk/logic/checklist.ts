// Pure questions about a checklist under way.
import type { Result } from './keys'

export type Level = 'KEY' | 'MAJOR' | 'GENERAL'

export interface Row {
  code: string
  level: Level
  finding: { result: Result | null } | null
  evidence: readonly unknown[]
}

export const LEVEL_SIGN: Readonly<Record<Level, string>> = { KEY: '★', MAJOR: '▲', GENERAL: '○' }
export const RESULT_SIGN: Readonly<Record<Result, string>> = {
  CONFORMING: '✓',
  NON_CONFORMING: '✗',
  NOT_APPLICABLE: '–',
  UNDETERMINED: '?',
}

export interface Progress {
  done: number
  total: number
  keyDone: number
  keyTotal: number
}

const judged = (row: Row) => row.finding?.result != null

export function progress(rows: readonly Row[]): Progress {
  const keys = rows.filter((row) => row.level === 'KEY')
  return {
    done: rows.filter(judged).length,
    total: rows.length,
    keyDone: keys.filter(judged).length,
    keyTotal: keys.length,
  }
}

/** The item after (or before) `code`, without wrapping: at the end the inspector should see that it is the end. */
export function neighbour(rows: readonly Row[], code: string | null, step: 1 | -1): string | null {
  const at = rows.findIndex((row) => row.code === code)
  const next = at < 0 ? (step === 1 ? 0 : rows.length - 1) : at + step
  return rows[next]?.code ?? code
}

export function nextBlank(rows: readonly Row[], after: string | null): string | null {
  const at = rows.findIndex((row) => row.code === after)
  const order = [...rows.slice(at + 1), ...rows.slice(0, at + 1)]
  return order.find((row) => !judged(row))?.code ?? null
}

/** A key item found 符合 needs live evidence; said while the inspector is still at the item, not only at the end. */
export function lacksEvidence(row: Row): boolean {
  return row.level === 'KEY' && row.finding?.result === 'CONFORMING' && row.evidence.length === 0
}

export type Tally = Record<Result | 'BLANK', number>

export function tally(rows: readonly Row[], level?: Level): Tally {
  const out: Tally = { CONFORMING: 0, NON_CONFORMING: 0, NOT_APPLICABLE: 0, UNDETERMINED: 0, BLANK: 0 }
  for (const row of rows) if (!level || row.level === level) out[row.finding?.result ?? 'BLANK'] += 1
  return out
}

export function failed<T extends Row>(rows: readonly T[]): T[] {
  return rows.filter((row) => row.finding?.result === 'NON_CONFORMING')
}
