import { describe, expect, it } from 'vitest'
import { lastFinishedWeek, mondayOf, plusDays, sayDay, today } from '@/desk/ledger/days'

describe('weeks of the bureau', () => {
  it('looks back on a Monday at the week that ended last night', () => {
    expect(lastFinishedWeek(Date.parse('2026-11-23T09:00:00+08:00'))).toBe('2026-11-16')
  })

  it('turns at midnight in Beijing, not in Greenwich', () => {
    expect(lastFinishedWeek(Date.parse('2026-11-22T23:59:00+08:00'))).toBe('2026-11-09')
    expect(lastFinishedWeek(Date.parse('2026-11-23T00:01:00+08:00'))).toBe('2026-11-16')
    expect(today(Date.parse('2026-11-22T16:30:00Z'))).toBe('2026-11-23')
  })

  it('counts on over months and years', () => {
    expect(plusDays('2026-12-28', 7)).toBe('2027-01-04')
    expect(mondayOf('2027-01-03')).toBe('2026-12-28')
    expect(mondayOf('2026-12-28')).toBe('2026-12-28')
  })

  it('says a day in both languages', () => {
    expect(sayDay('2026-11-09', 'zh')).toBe('11月9日')
    expect(sayDay('2026-11-09', 'en')).toBe('9 November')
  })
})
