// What the ledger and the Monday meeting read from the API, word for word as the API says it.
export type Filter = Readonly<Record<string, string>>

export interface Figure {
  key: string
  label: string
  unit: string
  value: number | null
  before: number | null
  change: string
  better: boolean | null
  filter: Filter | null
}

export interface Share {
  label: string
  total: number
  before: number
  finished: number
  late: number
}

export interface Content {
  title: string
  bureau: string
  read_on: string
  made_at: string
  opening: string[]
  figures: Figure[]
  by_item: Share[]
  by_area: Share[]
  by_delegate: Share[]
  obstacle_sentence: string
  quotes: { number: string; text: string }[]
  decision_sentence: string
  closing: string[]
  streams: number
  head: string
}

export interface StaffRef {
  id: string
  name: string
}

export interface Obstacle {
  id: string
  version: number
  week: string
  origin: string
  origin_label: string
  title: string
  detail: string
  count: number
  state: 'OPEN' | 'CLAIMED' | 'CLOSED'
  state_label: string
  claimed_by: StaffRef | null
  due: string | null
  result: string
  closed_at: string | null
  filter: Filter | null
}

export interface Decision {
  id: string
  version: number
  week: string
  text: string
  owner: string
  due: string
  state: 'OPEN' | 'DONE'
  state_label: string
  made_by: StaffRef | null
  done_at: string | null
  note: string
}

export interface Week {
  monday: string
  sunday: string
  read_on: string
  is_over: boolean
  report: { frozen_at: string; frozen_by: StaffRef | null; content_sha256: string; pdf_sha256: string; head: string } | null
  content: Content
  obstacles: Obstacle[]
  decisions: Decision[]
  last_decisions: Decision[]
  may_freeze: boolean
  may_decide: boolean
  may_speak: boolean
}

export interface LedgerRow {
  id: string
  kind: 'DELEGATION' | 'INSPECTION'
  kind_label: string
  number: string
  registered_at: string
  items: string[]
  area: string
  delegate: string
  channel_label: string
  applicant_name: string
  wish: string
  state_label: string
  phase: 'OPEN' | 'PAUSED' | 'FINISHED' | 'STOPPED'
  due_at: string | null
  overdue: boolean
  trips: number
  bounces: number
  minutes_to_door: number | null
  rating_grade: number | null
  head_hash: string
}

export interface LedgerPage {
  items: LedgerRow[]
  total: number
  page: number
  pages: number
  filter: Filter
}

export interface Cell {
  value: number
  filter: Filter
}

export interface Statistic {
  key: string
  label: string
  cells: Record<string, Cell>
  minutes_to_door: number | null
}

export interface Breakdown {
  by: By
  by_label: string
  measures: Record<string, string>
  rows: Statistic[]
  total: Statistic
}

export const BY = ['item', 'area', 'delegate', 'channel'] as const
export type By = (typeof BY)[number]
