import { describe, expect, it } from 'vitest'
import { clock, elapsed, isToday, spoken } from '@/desk/logic/time'

// 2026-06-03 14:30 in Zhoucun
const now = Date.UTC(2026, 5, 3, 6, 30)

describe('times at the desk', () => {
  it('speaks of today, tomorrow and yesterday by the day of the bureau', () => {
    expect(spoken('2026-06-03T07:00:00Z', now)).toBe('今天 15:00')
    expect(spoken('2026-06-03T16:30:00Z', now)).toBe('明天 00:30')
    expect(spoken('2026-06-02T06:30:00Z', now)).toBe('昨天 14:30')
    expect(spoken('2026-06-08T01:00:00Z', now)).toBe('6月8日 09:00')
    expect(spoken('2026-06-03T07:00:00Z', now, 'en')).toBe('Today 15:00')
  })

  it('knows the day changes at midnight of the bureau, not of Greenwich', () => {
    expect(isToday('2026-06-02T16:00:00Z', now)).toBe(true)
    expect(isToday('2026-06-02T15:59:00Z', now)).toBe(false)
  })

  it('writes durations with fixed places', () => {
    expect(clock('2026-06-03T06:05:00Z')).toBe('14:05')
    expect(elapsed(75)).toBe('01:15')
    expect(elapsed(3675)).toBe('1:01:15')
    expect(elapsed(-3)).toBe('00:00')
  })
})
