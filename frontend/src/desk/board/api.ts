// The board's side of the API. Every write names the intent it belongs to, so that a repeat is no second write.
import { client } from '../api'
import type { AbsenceIn, Area, BoardOut, Comparison, Move, MoveCheck, Plan, PlanRow, WindowOffer } from './types'

const seg = encodeURIComponent

export interface Agreed {
  visit: string
  version: number
  from: string
  until: string
  /** What was said on the call. */
  note: string
}

export const board = {
  read: (day: string | null) => client.get<BoardOut>(day ? `/board?day=${seg(day)}` : '/board'),
  plan: (id: string) => client.get<Plan>(`/board/plans/${seg(id)}`),
  compare: (a: string, b: string) => client.get<Comparison>(`/board/plans/${seg(a)}/compare/${seg(b)}`),
  areas: () => client.get<{ items: Area[] }>('/people/areas'),

  check: (move: Move, signal?: AbortSignal) =>
    client.post<MoveCheck>('/board/check', move, { retries: 0, ...(signal ? { signal } : {}) }),
  move: (move: Move & { version: number }, intent: string) => client.post<unknown>('/board/move', move, { intent }),
  unassign: (visit: string, version: number, intent: string) =>
    client.post<unknown>('/board/unassign', { visit, version }, { intent }),
  windows: (visit: string) => client.get<{ items: WindowOffer[] }>(`/board/visits/${seg(visit)}/windows`),
  agree: (agreed: Agreed, intent: string) => client.post<unknown>('/board/promise', agreed, { intent }),
  video: (visit: string, version: number, intent: string) =>
    client.post<unknown>(`/board/visits/${seg(visit)}/video`, { version }, { intent }),
  undo: (day: string, intent: string) => client.post<unknown>('/board/undo', { day }, { intent }),

  makePlan: (day: string, intent: string) => client.post<Pick<PlanRow, 'id' | 'state'>>('/board/plans', { day }, { intent }),
  publish: (id: string, version: number, intent: string) =>
    client.post<unknown>(`/board/plans/${seg(id)}/publish`, { version }, { intent }),
  discard: (id: string, intent: string) => client.post<unknown>(`/board/plans/${seg(id)}/discard`, {}, { intent }),

  absent: (staff: string, absence: AbsenceIn, intent: string) =>
    client.post<unknown>(`/people/delegates/${seg(staff)}/absences`, absence, { intent }),
}
