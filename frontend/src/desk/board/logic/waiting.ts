// The left list: every visit nobody goes to yet, with why not and what could be done.
import type { BoardOut, Plan, Unplaced, Visit } from '../types'
import { isLive } from './lanes'

export interface Waiting {
  visit: Visit
  why: Unplaced | null
}

export function waitingOf(board: BoardOut, draft: Plan | null): Waiting[] {
  const why = new Map((draft?.unplaced ?? board.unplaced).map((row) => [row.visit, row]))
  const ordered = new Set(board.orders.filter(isLive).map((order) => order.visit))
  const planned = new Set((draft?.assignments ?? []).map((row) => row.visit))
  return board.visits
    .filter((visit) => visit.state === 'WAITING' && !ordered.has(visit.id) && !planned.has(visit.id))
    .map((visit) => ({ visit, why: why.get(visit.id) ?? null }))
    .sort(byNeed)
}

/** Protected groups first, then the more urgent, then who has waited longest. */
function byNeed(a: Waiting, b: Waiting): number {
  if (a.visit.protected !== b.visit.protected) return a.visit.protected ? -1 : 1
  if (a.visit.priority !== b.visit.priority) return b.visit.priority - a.visit.priority
  return a.visit.requested_at.localeCompare(b.visit.requested_at)
}
