import type { Action } from '@/capture/actions'
import type { DelegationOut, OrderOut, Pack } from '@/field/types'

/** A day of one stop, as the server writes it. */
export const order: OrderOut = {
  id: 'o-1', version: 3, state: 'ACCEPTED', state_label: '已接单', starts_at: '2026-11-23T01:30:00Z', ends_at: '2026-11-23T02:00:00Z', travel_seconds: 600, code_head: '', delegation: 'd-1',
  visit: {
    id: 'v-1', kind: 'DELEGATION', kind_label: '帮办代办', title: '社会保障卡补领', address: '周村区大街 12 号', note: '', door_note: '', contact_name: '张桂兰', contact_phone: '13800001111',
    longitude: 117.87, latitude: 36.8, minutes: 30, promised_from: null, promised_until: null,
  },
}

export const delegation: DelegationOut = {
  id: 'd-1', number: 'DB-2026-000001', state: 'ACCEPTED', state_label: '已受理', wish: '', needs: [],
  items: [{
    code: 'SBK', title: '社会保障卡补领', materials: [{ code: 'ID', title: '居民身份证', copies: 1, original: true, exempt_label: null }],
    steps: [{ id: 's-1', version: 1, item: 'SBK', code: 'CHECK', title: '核对身份', action: '', minutes: 15, state: 'OPEN', done_at: null }],
  }],
  mandate: null, hand_overs: [], files: [],
  papers: [{ id: 'p-1', kind: 'MANDATE', title: '委托书', serial: 'W01', state: 'FROZEN', sha256: 'a', pages: 1, wanted: [{ signer: 'APPLICANT', name: '张桂兰', mine: false }] }],
}

export const pack: Pack = { day: '2026-11-23', now: '2026-11-23T00:30:00Z', stops: [{ order, delegation }] }

export function action(kind: string, about: Record<string, string> = {}, more: Partial<Action> = {}): Action {
  return {
    id: `${kind}-1`, lane: 'order:o-1', kind, path: '/x', body: {}, subject: null, version: null, file: null, told: null, refusal: null,
    stamp: { wall: Date.parse('2026-11-23T01:31:00Z'), mono: 0, boot: 'b', offset: 0, skew: null }, about: { order: 'o-1', ...about }, ...more,
  }
}
