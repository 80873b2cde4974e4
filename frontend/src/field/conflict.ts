import type { Action } from '@/capture/actions'
import type { OrderOut, Pack } from './types'

type Refused = Pick<Action, 'about' | 'refusal' | 'subject'>

function told(action: Refused): Partial<OrderOut> | null {
  const order = action.refusal?.fields['order']
  return typeof order === 'object' && order !== null ? (order as Partial<OrderOut>) : null
}

/** The order as the server has it: read after the refusal, or said with it. */
export function orderNow(action: Refused, pack: Pack | null): Pick<OrderOut, 'state' | 'version'> | null {
  const said = told(action)
  const read = pack?.stops.find((stop) => stop.order.id === action.about['order'])?.order
  if (read && (said?.version ?? 0) <= read.version) return read
  return said?.state && said.version !== undefined ? { state: said.state, version: said.version } : (read ?? null)
}

/** The version to try again upon; null where the action compares none. */
export function versionNow(action: Refused, pack: Pack | null): number | null {
  if (action.subject === null) return null
  if (action.subject.startsWith('order:')) return orderNow(action, pack)?.version ?? null
  const steps = pack?.stops.flatMap((stop) => stop.delegation?.items.flatMap((item) => item.steps) ?? []) ?? []
  return steps.find((step) => `step:${step.id}` === action.subject)?.version ?? null
}
