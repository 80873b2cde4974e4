import { describe, expect, it } from 'vitest'
import { orderNow, versionNow } from '@/field/conflict'
import { notOlder, overlay, withAnswer } from '@/field/overlay'
import { action, pack } from './fixtures'

const no = { code: 'order_changed', status: 409, title: '', action: '', fields: { order: { id: 'o-1', version: 9, state: 'WITHDRAWN' } } }

describe('overlay', () => {
  it('shows what was done and is not sent yet', () => {
    const [stop] = overlay(pack, [action('depart'), action('step', { step: 's-1' }), action('hand_over', { hand_over: 'h-1', title: '户口簿', direction: 'RECEIVED', copies: '1' })])
    expect(stop?.order.state).toBe('EN_ROUTE')
    expect(stop?.delegation?.items[0]?.steps[0]?.state).toBe('DONE')
    expect(stop?.delegation?.hand_overs.map((one) => one.title)).toEqual(['户口簿'])
    expect(stop?.unsent).toBe(3)
  })

  it('does not show as done what the server refused', () => {
    const [stop] = overlay(pack, [action('depart', {}, { refusal: no })])
    expect(stop?.order.state).toBe('ACCEPTED')
    expect(stop?.conflicts).toBe(1)
  })

  it('shows a hand-over once, also when the pack has it already', () => {
    const answered = withAnswer(pack, action('hand_over'), { id: 'h-1', title: '户口簿', direction: 'RECEIVED' })
    const [stop] = overlay(answered, [action('hand_over', { hand_over: 'h-1', title: '户口簿' })])
    expect(stop?.delegation?.hand_overs).toHaveLength(1)
  })

  it('asks for the next signature only when one is left', () => {
    const [stop] = overlay(pack, [action('paper', { paper: 'p-1', signer: 'APPLICANT' })])
    expect(stop?.delegation?.papers[0]).toMatchObject({ state: 'SIGNED', wanted: [] })
  })

  it('takes from an answer what a step changes, and leaves the visit alone', () => {
    const answered = withAnswer(pack, action('depart'), { version: 4, state: 'EN_ROUTE', code_head: '418', visit: { id: 'v-1' } })
    expect(answered.stops[0]?.order).toMatchObject({ version: 4, state: 'EN_ROUTE', code_head: '418' })
    expect(answered.stops[0]?.order.visit.contact_name).toBe('张桂兰')
  })

  it('is not turned back by a reading that was on its way before the answer', () => {
    const answered = withAnswer(pack, action('depart'), { version: 4, state: 'EN_ROUTE', code_head: '418' })
    expect(notOlder(pack, answered).stops[0]?.order.state).toBe('EN_ROUTE')
    expect(notOlder(answered, pack).stops[0]?.order.version).toBe(4)
  })

  it('keeps the receipt of a file beside its material', () => {
    const sent = action('file', {}, { file: { sha256: 'f', name: 'a.jpg', type: 'image/jpeg', size: 1, fields: { item: 'SBK', material: 'ID', purpose: 'MATERIAL' } } })
    expect(withAnswer(pack, sent, { id: 'e-1', sha256: 'f', number: 17 }).stops[0]?.delegation?.files[0]).toMatchObject({ material: 'ID', sha256: 'f', number: 17 })
  })
})

describe('a conflict', () => {
  it('knows the order as the refusal told it, or as it was read since', () => {
    const refused = action('accept', {}, { refusal: no, subject: 'order:o-1' })
    expect(orderNow(refused, pack)).toEqual({ state: 'WITHDRAWN', version: 9 })
    expect(versionNow(refused, pack)).toBe(9)
    expect(versionNow(action('step', {}, { subject: 'step:s-1' }), pack)).toBe(1)
    expect(versionNow(action('file'), pack)).toBeNull()
  })
})
