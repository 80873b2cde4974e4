// Colour is never alone: every state of an order has a sign and a word too.
import type { OrderState, VisitState } from '../types'

export type Sign = 'offered' | 'accepted' | 'route' | 'door' | 'done' | 'draft' | 'waiting' | 'stop'
export type Tone = 'note' | 'action' | 'warn' | 'good' | 'grey' | 'bad'

export interface Look {
  sign: Sign
  tone: Tone
}

const LOOKS: Readonly<Record<OrderState | VisitState | 'DRAFT' | 'HELD', Look>> = {
  DRAFT: { sign: 'draft', tone: 'note' },
  HELD: { sign: 'waiting', tone: 'bad' },
  WAITING: { sign: 'waiting', tone: 'bad' },
  OFFERED: { sign: 'offered', tone: 'grey' },
  ACCEPTED: { sign: 'accepted', tone: 'action' },
  EN_ROUTE: { sign: 'route', tone: 'warn' },
  ARRIVED: { sign: 'door', tone: 'warn' },
  DONE: { sign: 'done', tone: 'good' },
  DECLINED: { sign: 'stop', tone: 'bad' },
  WITHDRAWN: { sign: 'stop', tone: 'bad' },
  ABORTED: { sign: 'stop', tone: 'bad' },
  CANCELLED: { sign: 'stop', tone: 'grey' },
}

export function lookOf(state: OrderState | VisitState | 'DRAFT' | 'HELD'): Look {
  return LOOKS[state]
}
