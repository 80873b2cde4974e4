import { describe, expect, it } from 'vitest'
import { missingUploads, takesUploads } from '@/domain/rectification'
import { screenFor, type Local } from '@/domain/screen'
import { slotDays } from '@/domain/slots'
import { surveyProgress } from '@/domain/presurvey'
import { dayTime, leftUntil, stopwatch } from '@/domain/time'

const fresh: Local = { surveySkipped: false, atSurvey: false, consentAccepted: false, entered: false, admitted: false, atRecord: false, answered: false }

describe('the screen of a step', () => {
  it('never opens the camera before the consent', () => {
    expect(screenFor('PRE_SURVEY', { ...fresh, surveySkipped: true })).toBe('consent')
    expect(screenFor('CONSENT', { ...fresh, entered: true, admitted: true })).toBe('consent')
  })
  it('checks the phone, waits, and is in the call when admitted', () => {
    expect(screenFor('LOBBY', fresh)).toBe('check')
    expect(screenFor('LOBBY', { ...fresh, entered: true })).toBe('lobby')
    expect(screenFor('LOBBY', { ...fresh, entered: true, admitted: true })).toBe('call')
  })
  it('leads a reloaded page back into the call by the check', () => {
    expect(screenFor('CALL', fresh)).toBe('check')
    expect(screenFor('CALL', { ...fresh, entered: true, admitted: true })).toBe('call')
  })
  it('shows the results, then the record, then that it is signed', () => {
    expect(screenFor('CONCLUDED', fresh)).toBe('results')
    expect(screenFor('CONCLUDED', { ...fresh, atRecord: true })).toBe('record')
    expect(screenFor('CONCLUDED', { ...fresh, answered: true })).toBe('done')
  })
  it('goes back to the self-check while there is time', () => {
    expect(screenFor('PREPARING', { ...fresh, atSurvey: true })).toBe('survey')
  })
})

describe('slots', () => {
  it('stand under their days', () => {
    const slots = [
      { starts_at: '1', label: '今天 14:30' },
      { starts_at: '2', label: '今天 15:00' },
      { starts_at: '3', label: '明天 9:00' },
    ]
    expect(slotDays(slots).map(({ day, slots: entries }) => [day, entries.map((entry) => entry.time)])).toEqual([
      ['今天', ['14:30', '15:00']],
      ['明天', ['9:00']],
    ])
  })
})

describe('the self-check', () => {
  it('goes on at the first item that nobody answered', () => {
    const items = [{ code: 'CY01' }, { code: 'CY02' }, { code: 'CY03' }]
    const answers = { CY01: { self_result: 'YES', photos: [] }, CY02: { self_result: null, photos: [1] } }
    expect(surveyProgress(items, answers)).toEqual({ all: 3, done: 1, next: 1 })
  })
})

describe('the rectification', () => {
  it('misses what is open and has nothing to show', () => {
    const items = [
      { item: 'CY10', state: 'ORDERED', uploads: [] },
      { item: 'CY11', state: 'ORDERED', uploads: [1] },
      { item: 'CY12', state: 'ACCEPTED', uploads: [] },
    ]
    expect(missingUploads(items)).toEqual(['CY10'])
  })
  it('takes nothing for what is accepted or being looked at', () => {
    expect(takesUploads({ state: 'RETURNED' }, { state: 'RETURNED' })).toBe(true)
    expect(takesUploads({ state: 'RETURNED' }, { state: 'ACCEPTED' })).toBe(false)
    expect(takesUploads({ state: 'SUBMITTED' }, { state: 'SUBMITTED' })).toBe(false)
  })
})

describe('times', () => {
  const words = { today: '今天', tomorrow: '明天' }
  const now = new Date('2026-06-03T02:00:00Z')
  it('are those of Beijing whatever the phone says', () => {
    expect(dayTime('2026-06-03T06:30:00Z', now, words)).toBe('今天 14:30')
    expect(dayTime('2026-06-03T16:05:00Z', now, words)).toBe('明天 0:05')
    expect(dayTime('2026-06-08T01:00:00Z', now, words)).toBe('6月8日 9:00')
  })
  it('count what is left, and know when nothing is', () => {
    expect(leftUntil('2026-06-04T06:30:00Z', now)).toEqual({ days: 1, hours: 4, minutes: 30 })
    expect(leftUntil('2026-06-03T01:59:00Z', now)).toBeNull()
  })
  it('run as a stopwatch', () => {
    expect([134_000, 3_734_000, -5].map(stopwatch)).toEqual(['02:14', '1:02:14', '00:00'])
  })
})
