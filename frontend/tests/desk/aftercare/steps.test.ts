import { describe, expect, it } from 'vitest'
import { stepsOf } from '@/desk/aftercare/steps'
import { instant, minutesOf, clockOf, spans } from '@/desk/staff/hours'
import type { Shift } from '@/desk/staff/types'

const NOW = Date.parse('2026-11-23T02:00:00Z')
const row = (state: 'REGISTERED' | 'PROPOSED' | 'ASSIGNED' | 'REPLIED' | 'CLOSED', more = {}) => ({ state, extended: false, due_at: '2026-11-27T09:00:00Z', ...more })
const head = { handles: true, isHead: true, now: NOW }
const dispatcher = { handles: true, isHead: false, now: NOW }

describe('the next form of an unresolved matter', () => {
  it('follows the last one', () => {
    expect(stepsOf(row('REGISTERED'), dispatcher)).toEqual(['propose'])
    expect(stepsOf(row('PROPOSED'), dispatcher)).toEqual([])
    expect(stepsOf(row('ASSIGNED'), dispatcher)).toEqual(['reply'])
    expect(stepsOf(row('REPLIED'), dispatcher)).toEqual(['close'])
    expect(stepsOf(row('CLOSED'), head)).toEqual([])
  })

  it('is signed by a head where it is an order, a return or more time', () => {
    expect(stepsOf(row('PROPOSED'), head)).toEqual(['assign', 'extend'])
    expect(stepsOf(row('REPLIED'), head)).toEqual(['close', 'return', 'extend'])
  })

  it('gives time once, and never after the time is over', () => {
    expect(stepsOf(row('ASSIGNED', { extended: true }), head)).toEqual(['reply'])
    expect(stepsOf(row('ASSIGNED', { due_at: '2026-11-20T09:00:00Z' }), head)).toEqual(['reply'])
  })

  it('is nothing for those who only look', () => {
    expect(stepsOf(row('REGISTERED'), { handles: false, isHead: false, now: NOW })).toEqual([])
  })
})

describe('shifts as people write them', () => {
  const shift = (weekday: number, starts = 510): Shift => ({ weekday, starts, ends: 1050, break_earliest: null, break_latest: null, break_minutes: 0 })

  it('puts neighbouring equal days together', () => {
    expect(spans([shift(2), shift(1), shift(3, 540), shift(5, 540)])).toEqual([
      { from: 1, until: 2, starts: 510, ends: 1050 },
      { from: 3, until: 3, starts: 540, ends: 1050 },
      { from: 5, until: 5, starts: 540, ends: 1050 },
    ])
  })

  it('turns a clock into minutes and back', () => {
    expect(minutesOf('08:30')).toBe(510)
    expect(clockOf(1050)).toBe('17:30')
    expect(Date.parse(instant('2026-11-23', '08:30'))).toBe(Date.parse('2026-11-23T00:30:00Z'))
  })
})
