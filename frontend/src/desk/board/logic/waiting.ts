// The left list: every visit nobody goes to yet, with why not and what could be done.
import type { Alternative, BoardOut, Plan, Unplaced, Visit } from '../types'
import { isLive, takenBack } from './lanes'

export interface Waiting {
  visit: Visit
  why: Unplaced | null
}

/** Whether a slot lies in the time the citizen asked for; others must be agreed on first. */
export function inWindow(visit: Visit, slot: Alternative): boolean {
  const at = Date.parse(slot.starts_at)
  return at >= Date.parse(visit.promised_from ?? visit.window_from) && at <= Date.parse(visit.promised_until ?? visit.window_until)
}

export function waitingOf(board: BoardOut, draft: Plan | null): Waiting[] {
  const why = new Map((draft?.unplaced ?? []).map((row) => [row.visit, row]))
  // The board looks for free times anew on every reading; a draft's are those of when it was made.
  for (const row of board.unplaced) if (!draft || why.has(row.visit)) why.set(row.visit, row)
  const ordered = new Set(board.orders.filter(isLive).map((order) => order.visit))
  const planned = new Set((draft?.assignments ?? []).map((row) => row.visit))
  const back = takenBack(board, draft)
  return board.visits
    .filter((visit) => back.has(visit.id) || (visit.state === 'WAITING' && !ordered.has(visit.id) && !planned.has(visit.id)))
    .map((visit) => ({ visit, why: why.get(visit.id) ?? null }))
    .sort(byNeed)
}

/** Protected groups first, then the more urgent, then who has waited longest. */
function byNeed(a: Waiting, b: Waiting): number {
  if (a.visit.protected !== b.visit.protected) return a.visit.protected ? -1 : 1
  if (a.visit.priority !== b.visit.priority) return b.visit.priority - a.visit.priority
  return a.visit.requested_at.localeCompare(b.visit.requested_at)
}
