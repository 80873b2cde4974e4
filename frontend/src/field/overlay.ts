import type { Action } from '@/capture/actions'
import type { DelegationOut, HandOverOut, OrderOut, OrderState, Pack, PaperOut, StepOut, Stop } from './types'

/** What each verb of an order makes of it, as far as the phone can tell without the server. */
export const AFTER: Record<string, OrderState> = {
  accept: 'ACCEPTED',
  decline: 'DECLINED',
  depart: 'EN_ROUTE',
  arrive: 'ARRIVED',
  finish: 'DONE',
  abort: 'ABORTED',
}

export interface ShownStop extends Stop {
  /** Unsent things of this stop. */
  unsent: number
  conflicts: number
}

type Unsent = Pick<Action, 'kind' | 'about' | 'refusal' | 'stamp'> & { file: Action['file'] }

/** The server's last word with everything done since on top; an action the server refused is not shown as done. */
export function overlay(pack: Pack, pending: readonly Unsent[]): ShownStop[] {
  return pack.stops.map((stop) => {
    const mine = pending.filter((action) => action.about['order'] === stop.order.id)
    const good = mine.filter((action) => !action.refusal)
    return {
      order: good.reduce(orderAfter, stop.order),
      delegation: stop.delegation && good.reduce(delegationAfter, stop.delegation),
      unsent: mine.length,
      conflicts: mine.length - good.length,
    }
  })
}

function orderAfter(order: OrderOut, action: Unsent): OrderOut {
  const state = AFTER[action.kind]
  return state ? { ...order, state } : order
}

function delegationAfter(delegation: DelegationOut, action: Unsent): DelegationOut {
  if (action.kind === 'step') {
    const at = new Date(action.stamp.wall).toISOString()
    return withStep(delegation, action.about['step'] ?? '', (step) => ({ ...step, state: 'DONE', done_at: at }))
  }
  if (action.kind === 'hand_over') return withHandOver(delegation, handedOver(action))
  return action.kind === 'paper' ? withSignature(delegation, action.about) : delegation
}

function withHandOver(delegation: DelegationOut, added: HandOverOut): DelegationOut {
  const others = delegation.hand_overs.filter((one) => one.id !== added.id)
  return { ...delegation, hand_overs: [...others, added] }
}

/** The paper without the signature that was just given; a photo of the sheet carries them all. */
function withSignature(delegation: DelegationOut, about: Record<string, string>): DelegationOut {
  const signed = (paper: PaperOut): PaperOut => {
    const wanted = about['signer'] ? paper.wanted.filter((one) => one.signer !== about['signer']) : []
    return { ...paper, wanted, state: wanted.length === 0 && paper.state === 'FROZEN' ? 'SIGNED' : paper.state }
  }
  return { ...delegation, papers: delegation.papers.map((paper) => (paper.id === about['paper'] ? signed(paper) : paper)) }
}

function handedOver(action: Unsent): HandOverOut {
  const { about } = action
  return {
    id: about['hand_over'] ?? '',
    direction: about['direction'] === 'RETURNED' ? 'RETURNED' : 'RECEIVED',
    title: about['title'] ?? '',
    material: about['material'] ?? '',
    copies: Number(about['copies'] ?? 1),
    original: about['original'] === 'true',
    at: new Date(action.stamp.wall).toISOString(),
    acknowledged_at: null,
  }
}

function withStep(delegation: DelegationOut, id: string, change: (step: StepOut) => StepOut): DelegationOut {
  const items = delegation.items.map((item) => ({ ...item, steps: item.steps.map((step) => (step.id === id ? change(step) : step)) }))
  return { ...delegation, items }
}

/** A pack that was on its way while an action was answered must not turn that back: the higher version stays. */
export function notOlder(read: Pack, known: Pack | null): Pack {
  const orders = new Map(known?.stops.map(({ order }) => [order.id, order]))
  const steps = new Map(known?.stops.flatMap(({ delegation }) => delegation?.items.flatMap((item) => item.steps.map((step) => [step.id, step] as const)) ?? []))
  const newest = <T extends { id: string; version: number }>(one: T, held: T | undefined): T => (held && held.version > one.version ? held : one)
  return {
    ...read,
    stops: read.stops.map(({ order, delegation }) => ({
      order: newest(order, orders.get(order.id)),
      delegation: delegation && { ...delegation, items: delegation.items.map((item) => ({ ...item, steps: item.steps.map((step) => newest(step, steps.get(step.id))) })) },
    })),
  }
}

/** The pack with the server's answer to one action put in, until the next whole pack is read. */
export function withAnswer(pack: Pack, action: Pick<Action, 'kind' | 'about' | 'file'>, answer: unknown): Pack {
  const stops = pack.stops.map((stop) => (stop.order.id === action.about['order'] ? stopWith(stop, action, answer) : stop))
  return { ...pack, stops }
}

/** What a step changes of an order; the visit stays as the pack told it. */
function orderWith(order: OrderOut, said: Partial<OrderOut>): OrderOut {
  const { version = order.version, state = order.state, state_label = order.state_label, code_head = order.code_head } = said
  return { ...order, version, state, state_label, code_head }
}

function stopWith(stop: Stop, action: Pick<Action, 'kind' | 'about' | 'file'>, answer: unknown): Stop {
  const said = typeof answer === 'object' && answer !== null ? answer : {}
  if (AFTER[action.kind] && 'state' in said) return { ...stop, order: orderWith(stop.order, said as Partial<OrderOut>) }
  const { delegation } = stop
  if (!delegation) return stop
  if (action.kind === 'step' && 'state' in said) {
    return { ...stop, delegation: withStep(delegation, action.about['step'] ?? '', (step) => ({ ...step, ...(said as Partial<StepOut>) })) }
  }
  if (action.kind === 'hand_over' && 'id' in said) return { ...stop, delegation: withHandOver(delegation, said as HandOverOut) }
  if (action.kind === 'paper') return { ...stop, delegation: withSignature(delegation, action.about) }
  if (action.kind === 'file' && action.file && 'sha256' in said) {
    const { item = '', material = '', purpose = '' } = action.file.fields
    const received = said as { id: string; sha256: string; number?: number }
    const file = { id: received.id, sha256: received.sha256, item, material, purpose, number: received.number ?? 0 }
    return { ...stop, delegation: { ...delegation, files: [...delegation.files, file] } }
  }
  return stop
}
