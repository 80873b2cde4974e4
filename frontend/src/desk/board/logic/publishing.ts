// What publishing a draft will do, counted before it is done.
import type { BoardOut, Plan, Visit } from '../types'
import { isLive } from './lanes'

export interface Change {
  visit: Visit
  from: { staff: string; starts_at: string } | null
  to: { staff: string; starts_at: string } | null
}

export interface Publishing {
  fresh: Change[]
  moved: Change[]
  taken: Change[]
  /** Accepted visits that the draft would change: publishing is refused. */
  broken: Change[]
  kept: number
  unplaced: number
  promises: number
}

export function publishingOf(board: BoardOut, plan: Plan): Publishing {
  const visits = new Map(board.visits.map((visit) => [visit.id, visit]))
  const standing = new Map(board.orders.filter(isLive).map((order) => [order.visit, order]))
  const left = new Set(plan.unplaced.map((row) => row.visit))
  const out: Publishing = { fresh: [], moved: [], taken: [], broken: [], kept: 0, unplaced: plan.unplaced.length, promises: 0 }
  for (const row of plan.assignments) {
    const visit = visits.get(row.visit)
    if (!visit) continue
    const order = standing.get(row.visit)
    const to = { staff: row.staff, starts_at: row.starts_at }
    if (!order) out.fresh.push({ visit, from: null, to })
    else if (order.staff === row.staff && Date.parse(order.starts_at) === Date.parse(row.starts_at)) out.kept += 1
    else (order.state === 'OFFERED' ? out.moved : out.broken).push({ visit, from: { staff: order.staff, starts_at: order.starts_at }, to })
  }
  for (const order of standing.values()) {
    const visit = visits.get(order.visit)
    if (order.promised) out.promises += 1
    if (!visit || !left.has(order.visit) || order.state !== 'OFFERED') continue
    out.taken.push({ visit, from: { staff: order.staff, starts_at: order.starts_at }, to: null })
  }
  return out
}
