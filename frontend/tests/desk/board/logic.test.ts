import { describe, expect, it } from 'vitest'
import { Refusal } from '@/api/refusal'
import { checkedPlaces, namedVisits, nextStep } from '@/desk/board/logic/conflicts'
import { dayAfter, hoursAround, isoOf, label, minuteAt, minuteOf, percent, snap } from '@/desk/board/logic/hours'
import { blocksOf, keepLanes, lanesOf, shownHours } from '@/desk/board/logic/lanes'
import { publishingOf } from '@/desk/board/logic/publishing'
import { inWindow, waitingOf } from '@/desk/board/logic/waiting'
import { at, DAY, day, delegate, draft, order, visit } from './day'

describe('minutes of the bureau’s day', () => {
  it('are Beijing’s, whatever the computer is set to', () => {
    expect(minuteOf(DAY, '2026-06-03T01:30:00Z')).toBe(570)
    expect(isoOf(DAY, 570)).toBe('2026-06-03T01:30:00Z')
    expect(label(570)).toBe('09:30')
    expect(dayAfter('2026-12-31', 1)).toBe('2027-01-01')
  })

  it('become places on the timeline and back', () => {
    const hours = { from: 480, until: 1080 }
    expect(percent(hours, 780)).toBe(50)
    expect(percent(hours, 100)).toBe(0)
    expect(minuteAt(hours, 0.5)).toBe(780)
    expect(snap(777)).toBe(775)
  })

  it('show whole hours around everything there is', () => {
    expect(hoursAround([450, 1155])).toEqual({ from: 420, until: 1200 })
    expect(hoursAround([])).toEqual({ from: 480, until: 1080 })
  })
})

describe('lanes', () => {
  const board = day({
    visits: [visit('v1'), visit('v2'), visit('v3')],
    orders: [order('v1', 'a', '09:00', '10:00'), order('v2', 'a', '10:30', '11:30', { state: 'ACCEPTED' }), order('v3', 'b', '09:00', '10:00', { state: 'DECLINED' })],
  })

  it('hold the orders that stand, and none that were declined', () => {
    expect(blocksOf(board, null).map((block) => [block.visit.id, block.staff])).toEqual([['v1', 'a'], ['v2', 'a']])
  })

  it('show a draft over what stands, but never over an accepted order', () => {
    const plan = draft([['v1', 'b', '09:30', '10:30'], ['v2', 'b', '13:00', '14:00'], ['v3', 'b', '11:00', '12:00']])
    expect(blocksOf(board, plan).map((block) => [block.visit.id, block.staff, block.state, block.was])).toEqual([
      ['v1', 'b', 'DRAFT', 'a'],
      ['v2', 'a', 'ACCEPTED', null],
      ['v3', 'b', 'DRAFT', null],
    ])
  })

  it('show a place kept for a promise until an order or a draft takes it', () => {
    const kept = { ...board, holds: [{ visit: 'v3', staff: 'b', starts_at: at('14:00'), ends_at: at('15:00') }] }
    const held = (plan: Parameters<typeof blocksOf>[1]) => blocksOf(kept, plan).find((block) => block.visit.id === 'v3')
    expect(held(null)).toMatchObject({ staff: 'b', state: 'HELD', locked: true })
    expect(held(draft([['v3', 'a', '14:00', '15:00']]))).toMatchObject({ staff: 'a', state: 'DRAFT' })
  })

  it('put lunch where it fits, shade the rest, and keep a planned lunch', () => {
    const late = { ...board, orders: [order('v1', 'a', '11:30', '12:20')] }
    const [lane] = lanesOf(late, null, { from: 480, until: 1080 })
    expect(lane?.shades).toEqual([
      { kind: 'off', from: 480, until: 510 },
      { kind: 'off', from: 1050, until: 1080 },
      { kind: 'lunch', from: 740, until: 785 },
    ])
    const [planned] = lanesOf(late, draft([], { breaks: [{ staff: 'a', starts_at: at('13:00') }] }), { from: 480, until: 1080 })
    expect(planned?.shades.at(-1)).toEqual({ kind: 'lunch', from: 780, until: 825 })
  })

  it('shade an absence', () => {
    const sick = day({ delegates: [delegate('a', { absences: [{ from: at('10:00'), until: at('17:30') }] })] })
    expect(lanesOf(sick, null, shownHours(sick))[0]?.shades.at(-1)).toEqual({ kind: 'absent', from: 600, until: 1050 })
  })

  it('stay the same objects when they did not change, so that only changed lanes are drawn', () => {
    const hours = shownHours(board)
    const before = lanesOf(board, null, hours)
    const moved = { ...board, orders: board.orders.map((row) => (row.visit === 'v1' ? { ...row, staff: 'b' } : row)) }
    const same = keepLanes(before, lanesOf(structuredClone(board), null, hours))
    expect(same.every((lane, index) => lane === before[index])).toBe(true)
    const three = day({ ...moved, delegates: [...board.delegates, delegate('c')] })
    const old = lanesOf({ ...three, orders: board.orders }, null, hours)
    expect(keepLanes(old, lanesOf(three, null, hours)).map((lane, index) => lane === old[index])).toEqual([false, false, true])
  })
})

describe('what waits', () => {
  const why = { visit: 'v1', reason: 'NO_SKILL', reason_label: '没有人会', text: '…', blocker: null, alternatives: [], video: null }

  it('is every visit without an order, protected people first', () => {
    const board = day({
      visits: [visit('v1'), visit('v2', { priority: 60 }), visit('v3', { protected: true }), visit('v4'), visit('v5', { state: 'CANCELLED' })],
      orders: [order('v4', 'a', '09:00', '10:00')],
      unplaced: [why],
    })
    expect(waitingOf(board, null).map((row) => row.visit.id)).toEqual(['v3', 'v2', 'v1'])
    expect(waitingOf(board, null)[2]?.why?.reason).toBe('NO_SKILL')
    expect(waitingOf(board, draft([['v2', 'a', '09:00', '10:00']])).map((row) => row.visit.id)).toEqual(['v3', 'v1'])
  })
})

describe('a visit the draft takes back', () => {
  const board = day({ visits: [visit('v1', { state: 'OFFERED' })], orders: [order('v1', 'a', '09:00', '10:00')] })
  const plan = draft([], { unplaced: [{ visit: 'v1', reason: 'CONTENTION', reason_label: '…', text: '…', blocker: null, alternatives: [], video: null }] })

  it('waits on the left while the draft is in view', () => {
    expect([blocksOf(board, null).length, waitingOf(board, null).length]).toEqual([1, 0])
    expect([blocksOf(board, plan).length, waitingOf(board, plan).length]).toEqual([0, 1])
  })
})

describe('a checked slot', () => {
  it('needs the citizen’s word outside the time they asked for', () => {
    const slot = (time: string) => ({ staff: 'a', staff_name: '甲', starts_at: at(time) })
    expect([inWindow(visit('v1'), slot('12:00')), inWindow(visit('v1'), slot('12:05'))]).toEqual([true, false])
    expect(inWindow(visit('v1', { promised_from: at('09:00'), promised_until: at('10:00') }), slot('10:30'))).toBe(false)
  })
})

describe('publishing', () => {
  it('says who is new, who moves, who is taken back and what stays', () => {
    const board = day({
      visits: ['v1', 'v2', 'v3', 'v4', 'v5'].map((id) => visit(id)),
      orders: [
        order('v1', 'a', '09:00', '10:00', { promised: true }),
        order('v2', 'a', '10:00', '11:00'),
        order('v3', 'b', '09:00', '10:00'),
        order('v5', 'b', '10:00', '11:00', { state: 'ACCEPTED' }),
      ],
    })
    const left = { visit: 'v3', reason: 'CONTENTION', reason_label: '…', text: '…', blocker: null, alternatives: [], video: null }
    const change = publishingOf(board, draft([['v1', 'a', '09:00', '10:00'], ['v2', 'b', '10:00', '11:00'], ['v4', 'a', '13:00', '14:00'], ['v5', 'a', '15:00', '16:00']], { unplaced: [left] }))
    expect(change.fresh.map((row) => row.visit.id)).toEqual(['v4'])
    expect(change.moved.map((row) => row.visit.id)).toEqual(['v2'])
    expect(change.taken.map((row) => row.visit.id)).toEqual(['v3'])
    expect(change.broken.map((row) => row.visit.id)).toEqual(['v5'])
    expect([change.kept, change.promises]).toEqual([1, 1])
  })
})

describe('a conflict', () => {
  const refusal = (code: string, fields = {}) => Refusal.of(409, { code, title: '…', action: '…', fields })

  it('has a next step', () => {
    expect(nextStep(refusal('stale_version'))).toBe('dismiss')
    expect(nextStep(refusal('time_taken'))).toBe('choose_time')
    expect(nextStep(refusal('promise_broken'))).toBe('show_visits')
    expect(nextStep(refusal('plan_unfit'))).toBe('replan')
    expect(nextStep(refusal('nothing_to_undo'))).toBe('dismiss')
    expect(nextStep(Refusal.offline())).toBe('retry')
  })

  it('names the visits and the places that were checked', () => {
    expect(namedVisits(refusal('promise_broken', { visits: [{ visit: 'v1', title: '…', text: '…' }] })).map((one) => one.visit)).toEqual(['v1'])
    const slot = { staff: 'a', staff_name: '甲', starts_at: at('14:00') }
    expect(checkedPlaces(refusal('time_taken', { alternatives: [slot] }))).toEqual([slot])
    expect(checkedPlaces(refusal('visit_over'))).toEqual([])
  })
})
