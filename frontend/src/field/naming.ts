import type { OrderState } from './types'
import { t, type FieldKey } from './words'

const KINDS: Record<string, FieldKey> = {
  accept: 'kind_accept', decline: 'kind_decline', depart: 'kind_depart', arrive: 'kind_arrive', finish: 'kind_finish', abort: 'kind_abort',
  step: 'kind_step', hand_over: 'kind_hand_over', file: 'kind_file', paper: 'kind_paper',
}

const STATES: Record<OrderState, FieldKey> = {
  OFFERED: 'state_offered', ACCEPTED: 'state_accepted', DECLINED: 'state_declined', WITHDRAWN: 'state_withdrawn',
  EN_ROUTE: 'state_en_route', ARRIVED: 'state_arrived', DONE: 'state_done', ABORTED: 'state_aborted',
}

export function kindWord(kind: string): string {
  return t(KINDS[kind] ?? 'kind_other')
}

export function stateWord(state: OrderState): string {
  return t(STATES[state])
}

export function megabytes(bytes: number): string {
  return bytes === 0 ? '0' : `${Math.max(0.1, bytes / 1024 / 1024).toFixed(1)} MB`
}
