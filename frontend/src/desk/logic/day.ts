// How the rows of today are sorted into what an inspector must do, can do, and may look at.
import type { DeskRow, DeskToday } from '../types'

export interface Day {
  mine: DeskRow[]
  others: DeskRow[]
  review: DeskRow[]
  waiting: number
  calling: number
}

export type DayStep = 'join' | 'record' | 'dossier' | 'look'

export function sortDay(today: DeskToday): Day {
  const byTime = [...today.items].sort((a, b) => a.starts_at.localeCompare(b.starts_at))
  const review = byTime.filter((row) => row.mine && row.rectification === 'SUBMITTED')
  const rest = byTime.filter((row) => !review.includes(row))
  const mine = rest.filter((row) => row.mine)
  return {
    mine,
    others: rest.filter((row) => !row.mine),
    review,
    waiting: mine.filter((row) => row.lobby === 'WAITING').length,
    calling: mine.filter((row) => row.lobby === 'IN_CALL').length,
  }
}

/** The one button of a row. */
export function stepOf(row: DeskRow): DayStep {
  if (!row.mine) return 'look'
  if (row.state === 'SCHEDULED' || row.state === 'IN_PROGRESS') return 'join'
  return row.state === 'CONCLUDED' ? 'record' : 'dossier'
}
