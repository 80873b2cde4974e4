import { describe, expect, it } from 'vitest'
import { failed, lacksEvidence, neighbour, nextBlank, progress, tally, type Row } from '@/desk/logic/checklist'
import type { Result } from '@/desk/logic/keys'

const row = (code: string, level: Row['level'], result: Result | null, evidence = 0): Row => ({
  code,
  level,
  finding: result ? { result } : null,
  evidence: Array.from({ length: evidence }),
})

const rows = [
  row('A', 'KEY', 'CONFORMING', 1),
  row('B', 'MAJOR', null),
  row('C', 'KEY', 'NON_CONFORMING'),
  row('D', 'GENERAL', null),
]

describe('checklist', () => {
  it('counts all items and the key items', () => {
    expect(progress(rows)).toEqual({ done: 2, total: 4, keyDone: 2, keyTotal: 2 })
  })

  it('stops at both ends instead of wrapping', () => {
    expect(neighbour(rows, 'A', 1)).toBe('B')
    expect(neighbour(rows, 'D', 1)).toBe('D')
    expect(neighbour(rows, 'A', -1)).toBe('A')
    expect(neighbour(rows, null, 1)).toBe('A')
  })

  it('finds the next blank item, starting over after the end', () => {
    expect(nextBlank(rows, 'B')).toBe('D')
    expect(nextBlank(rows, 'D')).toBe('B')
    expect(nextBlank([row('A', 'KEY', 'CONFORMING')], null)).toBeNull()
  })

  it('asks for evidence only where a key item was found conforming', () => {
    expect(lacksEvidence(row('A', 'KEY', 'CONFORMING'))).toBe(true)
    expect(lacksEvidence(row('A', 'KEY', 'CONFORMING', 1))).toBe(false)
    expect(lacksEvidence(row('A', 'MAJOR', 'CONFORMING'))).toBe(false)
    expect(lacksEvidence(row('A', 'KEY', 'NON_CONFORMING'))).toBe(false)
  })

  it('tallies results by level, blanks included', () => {
    expect(tally(rows).BLANK).toBe(2)
    expect(tally(rows, 'KEY')).toMatchObject({ CONFORMING: 1, NON_CONFORMING: 1, BLANK: 0 })
    expect(failed(rows).map((entry) => entry.code)).toEqual(['C'])
  })
})
