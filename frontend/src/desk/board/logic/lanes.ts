// The board's answer as lanes: one delegate, what shades the lane, and the blocks on it.
import type { Assignment, BoardOut, Delegate, Hold, Order, OrderState, Plan, Visit } from '../types'
import { hoursAround, minuteOf, type Hours } from './hours'

export interface Shade {
  kind: 'off' | 'lunch' | 'absent'
  from: number
  until: number
}

/** One visit on a lane; minutes since midnight. `lead` is the travel drawn before it. */
export interface Block {
  key: string
  visit: Visit
  order: Order | null
  staff: string
  from: number
  until: number
  lead: number
  state: OrderState | 'DRAFT' | 'HELD'
  locked: boolean
  /** Where the draft takes it from, when it moves an order that stands. */
  was: string | null
}

export interface Lane {
  delegate: Delegate
  shades: Shade[]
  blocks: Block[]
  busy: number
  signature: string
}

const LIVE = new Set(['OFFERED', 'ACCEPTED', 'EN_ROUTE', 'ARRIVED', 'DONE'])
export const isLive = (order: Order) => LIVE.has(order.state)
const STARTED = new Set(['EN_ROUTE', 'ARRIVED', 'DONE'])

export function shownHours(board: BoardOut): Hours {
  const marks = board.delegates.flatMap((delegate) => [delegate.shift.from, delegate.shift.until])
  for (const order of board.orders) if (isLive(order)) marks.push(order.starts_at, order.ends_at)
  return hoursAround(marks.map((iso) => minuteOf(board.day, iso)))
}

function shadesOf(day: string, delegate: Delegate, hours: Hours, lunch: number | null): Shade[] {
  const at = (iso: string) => minuteOf(day, iso)
  const shades: Shade[] = [
    { kind: 'off', from: hours.from, until: at(delegate.shift.from) },
    { kind: 'off', from: at(delegate.shift.until), until: hours.until },
  ]
  if (delegate.break && lunch !== null) shades.push({ kind: 'lunch', from: lunch, until: lunch + delegate.break.minutes })
  for (const span of delegate.absences) shades.push({ kind: 'absent', from: at(span.from), until: at(span.until) })
  return shades.filter((shade) => shade.until > shade.from && shade.until > hours.from && shade.from < hours.until)
}

/** Lunch sits where nothing else does, as early as it may. */
function lunchOf(day: string, delegate: Delegate, blocks: readonly Block[]): number | null {
  const rest = delegate.break
  if (!rest) return null
  const earliest = minuteOf(day, rest.earliest)
  const latest = minuteOf(day, rest.latest)
  for (let start = earliest; start <= latest; start += 5) {
    const free = blocks.every((block) => block.until <= start || block.from >= start + rest.minutes)
    if (free) return start
  }
  return earliest
}

function blockOfOrder(day: string, order: Order, visit: Visit): Block {
  return {
    key: order.id,
    visit,
    order,
    staff: order.staff,
    from: minuteOf(day, order.starts_at),
    until: minuteOf(day, order.ends_at),
    lead: order.travel_seconds / 60,
    state: order.state,
    locked: order.state === 'ACCEPTED' || (order.promised && !STARTED.has(order.state)),
    was: null,
  }
}

function blockOfAssignment(day: string, assignment: Assignment, visit: Visit, order: Order | null): Block {
  return {
    key: `draft-${assignment.visit}`,
    visit,
    order,
    staff: assignment.staff,
    from: minuteOf(day, assignment.starts_at),
    until: minuteOf(day, assignment.ends_at),
    lead: assignment.travel_seconds / 60,
    state: 'DRAFT',
    locked: visit.promised_from !== null,
    was: order && order.staff !== assignment.staff ? order.staff : null,
  }
}

const same = (day: string, block: Block, assignment: Assignment) =>
  block.staff === assignment.staff && Math.abs(block.from - minuteOf(day, assignment.starts_at)) < 1

function blockOfHold(day: string, hold: Hold, visit: Visit): Block {
  return {
    key: `held-${hold.visit}`,
    visit,
    order: null,
    staff: hold.staff,
    from: minuteOf(day, hold.starts_at),
    until: minuteOf(day, hold.ends_at),
    lead: 0,
    state: 'HELD',
    locked: true,
    was: null,
  }
}

/** Visits the draft takes from whoever was only asked so far. */
export function takenBack(board: BoardOut, draft: Plan | null): ReadonlySet<string> {
  const left = new Set((draft?.unplaced ?? []).map((row) => row.visit))
  return new Set(board.orders.filter((order) => order.state === 'OFFERED' && left.has(order.visit)).map((order) => order.visit))
}

/** Orders as they stand; with a draft in view, what the draft changes replaces them. */
export function blocksOf(board: BoardOut, draft: Plan | null): Block[] {
  const visits = new Map(board.visits.map((visit) => [visit.id, visit]))
  const standing = new Map<string, Block>()
  for (const hold of board.holds) {
    const visit = visits.get(hold.visit)
    if (visit) standing.set(visit.id, blockOfHold(board.day, hold, visit))
  }
  const back = takenBack(board, draft)
  for (const order of board.orders) {
    const visit = visits.get(order.visit)
    if (visit && isLive(order) && !back.has(visit.id)) standing.set(visit.id, blockOfOrder(board.day, order, visit))
  }
  for (const assignment of draft?.assignments ?? []) {
    const visit = visits.get(assignment.visit)
    const now = standing.get(assignment.visit)
    if (!visit || (now?.order && (fixed(now) || same(board.day, now, assignment)))) continue
    standing.set(visit.id, blockOfAssignment(board.day, assignment, visit, now?.order ?? null))
  }
  return [...standing.values()].sort((a, b) => a.from - b.from)
}

export function lanesOf(board: BoardOut, draft: Plan | null, hours: Hours): Lane[] {
  const byStaff = new Map<string, Block[]>()
  for (const block of blocksOf(board, draft)) byStaff.set(block.staff, [...(byStaff.get(block.staff) ?? []), block])
  const planned = new Map((draft?.breaks ?? []).map((rest) => [rest.staff, minuteOf(board.day, rest.starts_at)]))
  return board.delegates.map((delegate) => {
    const blocks = byStaff.get(delegate.id) ?? []
    const lunch = planned.get(delegate.id) ?? lunchOf(board.day, delegate, blocks)
    const shades = shadesOf(board.day, delegate, hours, lunch)
    const busy = blocks.reduce((sum, block) => sum + block.until - block.from, 0)
    return { delegate, shades, blocks, busy, signature: JSON.stringify([shades, blocks, delegate.name, delegate.skills]) }
  })
}

/** Lanes that did not change keep their identity, so that only changed lanes are drawn again. */
export function keepLanes(before: readonly Lane[], next: readonly Lane[]): Lane[] {
  const known = new Map(before.map((lane) => [lane.delegate.id, lane]))
  return next.map((lane) => {
    const old = known.get(lane.delegate.id)
    return old?.signature === lane.signature ? old : lane
  })
}

const fixed = (block: Block) => block.state === 'ACCEPTED' || hasStarted(block)

export function hasStarted(block: Block): boolean {
  return block.order !== null && STARTED.has(block.order.state)
}
