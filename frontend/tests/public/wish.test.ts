import { describe, expect, it } from 'vitest'
import { check, emptyDraft, halfDays, isEmpty, spanOf, wishOf, wrongOf, type Draft } from '@/public/wish'

const told = (changes: Partial<Draft> = {}): Draft => ({
  ...emptyDraft(), phone: '138 0533 1234', contact: '李申请', items: ['SBK'], address: '新建东路 66 号', agreed: true, ...changes,
})
const wrong = (changes: Partial<Draft>) => Object.keys(check(told(changes), (key) => key))

describe('a form', () => {
  it('is empty until something was filled in, whoever it is for', () => {
    expect(isEmpty({ ...emptyDraft(), person: 'FIRM' })).toBe(true)
    expect(isEmpty(told())).toBe(false)
  })
})

describe('a wish', () => {
  it.each(['13805331234', '+86 138-0533-1234', '０５３３６１９００００', '(0533) 619-0000', '4001234567', '12345'])('may name the phone as %s', (phone) => {
    expect(wrong({ phone })).toEqual([])
  })

  it.each<[Partial<Draft>, string]>([
    [{ phone: '1380533123' }, 'phone'],
    [{ contact: ' ' }, 'contact'],
    [{ person: 'FIRM' }, 'applicant'],
    [{ items: [] }, 'items'],
    [{ address: '城里' }, 'address'],
    [{ agreed: false }, 'agreed'],
  ])('says what is missing in %o', (changes, field) => {
    expect(wrong(changes)).toEqual([field])
  })

  it('carries no position, no delegate and no time that nobody gave', () => {
    const sent = wishOf(told())
    expect(sent).not.toHaveProperty('longitude')
    expect(sent).not.toHaveProperty('wanted_staff')
    expect(sent.preferred).toBeNull()
    expect(sent.applicant_name).toBe('李申请')
  })

  it('names the firm as the applicant and the half day in the time of the bureau', () => {
    const sent = wishOf(told({ person: 'FIRM', applicant: '周村老面馆', when: '2026-11-24/pm' }))
    expect(sent.applicant_name).toBe('周村老面馆')
    expect(sent.preferred).toEqual({ from: '2026-11-24T13:30:00+08:00', until: '2026-11-24T17:30:00+08:00' })
  })
})

describe('half days', () => {
  it('are offered while somebody can still come in them', () => {
    const at = (clock: string) => new Date(`2026-11-24T${clock}:00+08:00`)
    const left = (clock: string) => halfDays(['2026-11-24'], at(clock)).map((one) => one.half)
    expect(left('07:00')).toEqual(['am', 'pm'])
    expect(left('10:01')).toEqual(['pm'])
    expect(left('15:31')).toEqual([])
  })

  it('are nothing else than those two', () => {
    expect(spanOf('')).toBeNull()
    expect(spanOf('2026-11-24/night')).toBeNull()
  })
})

describe('a refusal', () => {
  it('is said beside the field of this form', () => {
    expect(wrongOf({ errors: { contact_name: '请填写联系人姓名', latitude: '纬度不对', longitude: '经度不对' } })).toEqual({
      contact: '请填写联系人姓名', place: '纬度不对',
    })
  })

  it('of what is not on this form is said as a whole', () => {
    expect(wrongOf({ errors: { case: '没有找到这个办件' } })).toBeNull()
    expect(wrongOf({ retry_after: 3600 })).toBeNull()
  })
})
