import { describe, expect, it } from 'vitest'
import type { Ceremony } from '@/api/signing'
import { DWELL_MS, isInView, nextUnread, Reading } from '@/join/signing/reading'
import { lastDigits, missingIn, progress, resumed, stepOf, wrongIn, type Own } from '@/join/signing/steps'

const CODE: Ceremony['code'] = { needed: true, sent_to: null, expires_at: null, resend_after: null, tries_left: 5, locked_until: null }

function ceremony(more: Partial<Ceremony> = {}): Ceremony {
  return {
    id: 's',
    state: 'PENDING',
    document_sha256: `${'0'.repeat(58)}a1b2c3`,
    document_number: 'YKY-2026-000001',
    pages: 3,
    read: { pages: [1, 2, 3], complete: true },
    consent: { version: '1', text: '', sha256: 'c0' },
    identity: { needed: false, result: null },
    code: CODE,
    identified: false,
    objection: null,
    ...more,
  }
}
const own = (more: Partial<Own> = {}): Own => ({ at: 'read', consented: false, held: false, ...more })

describe('the step on the way to a signature', () => {
  it('compares name and number before the code, and goes on when the service is away', () => {
    const asked = (result: Ceremony['identity']['result']) => stepOf(ceremony({ identity: { needed: true, result } }), own({ at: 'code', consented: true }))
    expect([asked(null), asked('different'), asked('matched'), asked('unavailable')]).toEqual(['identity', 'identity', 'code', 'code'])
    expect(progress('code', ceremony({ identity: { needed: true, result: null } }))).toEqual({ i: 5, n: 6 })
  })
  it('stays with the pages until every page was read', () => {
    expect(stepOf(ceremony({ read: { pages: [1], complete: false } }), own({ at: 'write', consented: true, held: true }))).toBe('read')
  })
  it('does not leave the last page by itself', () => {
    expect(stepOf(ceremony(), own())).toBe('read')
  })
  it('goes no farther than the consent before it was given', () => {
    expect(stepOf(ceremony(), own({ at: 'write' }))).toBe('consent')
  })
  it('asks for the code, and for the name once the certificate is there', () => {
    expect(stepOf(ceremony(), own({ at: 'write', consented: true }))).toBe('code')
    expect(stepOf(ceremony(), own({ at: 'write', consented: true, held: true }))).toBe('write')
  })
  it('has no code where none is asked for', () => {
    const without = ceremony({ code: { ...CODE, needed: false } })
    expect(stepOf(without, own({ at: 'write', consented: true }))).toBe('consent')
    expect(progress('write', without)).toEqual({ i: 4, n: 4 })
    expect(progress('write', ceremony())).toEqual({ i: 5, n: 5 })
  })
  it('waits while the record is made anew', () => {
    expect(stepOf(ceremony({ objection: { text: '不符', voice: false } }), own({ at: 'ask' }))).toBe('remaking')
    expect(stepOf(ceremony({ state: 'SUPERSEDED' }), own())).toBe('remaking')
  })
  it('goes on with the code that was sent when the page is opened again', () => {
    const sent = ceremony({ code: { ...CODE, expires_at: '2026-06-03T06:40:00Z' } })
    expect(resumed(sent, true)).toBe('code')
    expect(resumed(sent, false)).toBe('read')
    expect(resumed(ceremony(), true)).toBe('read')
  })
  it('names the digits of the text message', () => {
    expect(lastDigits(ceremony().document_sha256)).toBe('a1b2c3')
  })
})

describe('reading a page', () => {
  const look = (reading: Reading, from: number, until: number, ...pages: number[]) => {
    for (let now = from; now <= until; now += 200) reading.tick(now, pages)
  }

  it('counts when it was on the screen long enough, all looks together', () => {
    const reading = new Reading()
    look(reading, 0, 800, 1)
    look(reading, 1000, 1800, 2)
    expect(reading.untold([])).toEqual([])
    look(reading, 2000, 2400, 1)
    expect(reading.untold([])).toEqual([{ page: 1, ms: 1400 }])
    expect(reading.untold([1])).toEqual([])
  })
  it('does not count the time a phone slept', () => {
    const reading = new Reading()
    reading.tick(0, [1])
    reading.tick(60_000, [1])
    expect(DWELL_MS).toBeGreaterThan(1000)
    expect(reading.untold([])).toEqual([])
  })
  it('needs half of the page, or half of the screen', () => {
    expect(isInView({ ratio: 0.5, height: 200 }, 780)).toBe(true)
    expect(isInView({ ratio: 0.2, height: 400 }, 780)).toBe(true)
    expect(isInView({ ratio: 0.2, height: 200 }, 780)).toBe(false)
  })
  it('goes on with the next unread page, then with those left out', () => {
    expect(nextUnread(3, [1], 1)).toBe(2)
    expect(nextUnread(3, [2, 3], 3)).toBe(1)
    expect(nextUnread(3, [1, 2, 3], 3)).toBeNull()
  })
})

describe('what the person entered', () => {
  it('is no objection while the recording runs, nor when there is nothing', () => {
    expect(missingIn({ text: '不符', voice: false, recording: true })).toBe('object_recording')
    expect(missingIn({ text: ' ', voice: false, recording: false })).toBe('object_empty')
    expect(missingIn({ text: '', voice: true, recording: false })).toBeNull()
  })
  it('is compared with its own check character before anybody is asked', () => {
    expect(wrongIn('11010519491231002')).toBe('identity_form')
    expect(wrongIn('110105194912310021')).toBe('identity_typo')
    expect(wrongIn('11010519491231002X')).toBeNull()
  })
})
