// What the board reads from the API, word for word as the API says it.
export type VisitKind = 'DELEGATION' | 'INSPECTION' | 'RECTIFICATION'
export type VisitState = 'WAITING' | 'OFFERED' | 'ACCEPTED' | 'EN_ROUTE' | 'ARRIVED' | 'DONE' | 'CANCELLED'
export type OrderState = 'OFFERED' | 'ACCEPTED' | 'DECLINED' | 'WITHDRAWN' | 'EN_ROUTE' | 'ARRIVED' | 'DONE' | 'ABORTED'
export type Skill = { code: string; label: string }
export type Place = [longitude: number, latitude: number]
export interface Span {
  from: string
  until: string
}

export interface Delegate {
  id: string
  name: string
  skills: Skill[]
  shift: Span
  break: { earliest: string; latest: string; minutes: number } | null
  absences: Span[]
  home: Place
}

export interface Order {
  id: string
  visit: string
  staff: string
  starts_at: string
  ends_at: string
  travel_seconds: number
  state: OrderState
  state_label: string
  promised: boolean
  version: number
}

export interface Visit {
  id: string
  title: string
  kind: VisitKind
  kind_label: string
  state: VisitState
  state_label: string
  address: string
  longitude: number
  latitude: number
  skills: Skill[]
  minutes: number
  window_from: string
  window_until: string
  promised_from: string | null
  promised_until: string | null
  overdue: boolean
  priority: number
  protected: boolean
  bounces: number
  wanted_staff: string | null
  requested_at: string
  case_label: string
  subject: string
  /** By video instead, where the way is long. */
  video: Video | null
  abilities: string[]
  version: number
}

export interface Video {
  hours_saved: number
  text: string
}

/** A place kept for a promise until an order takes it. */
export interface Hold {
  visit: string
  staff: string
  starts_at: string
  ends_at: string
}

export interface Alternative {
  staff: string
  staff_name: string
  starts_at: string
}

/** An hour in which somebody can really come, checked against what stands. */
export interface WindowOffer {
  from: string
  until: string
  label: string
  why: string
  staff_count: number
}

export interface Blocker {
  kind: 'SKILL' | 'AREA' | 'AGENT' | 'SHIFT' | 'TRAVEL' | 'VISIT' | 'CREW'
  staff: string[]
  visit: string | null
  skills: string[]
  at: string | null
}

export interface Unplaced {
  visit: string
  reason: string
  reason_label: string
  text: string
  blocker: Blocker | null
  alternatives: Alternative[]
  video: Video | null
}

export interface Figures {
  placed: number
  unplaced: number
  travel_seconds: number
  moved: number
}

export type PlanState = 'WORKING' | 'DRAFT' | 'PUBLISHED' | 'DISCARDED' | 'FAILED'
export interface PlanRow {
  id: string
  state: PlanState
  /** Null while it is being made. */
  made_at: string | null
  figures: Figures | null
}

export interface Assignment {
  visit: string
  staff: string
  starts_at: string
  ends_at: string
  travel_seconds: number
}

export interface Plan extends PlanRow {
  board_version: number
  assignments: Assignment[]
  breaks: { staff: string; starts_at: string }[]
  unplaced: Unplaced[]
}

export interface BoardOut {
  version: number
  day: string
  now: string
  delegates: Delegate[]
  orders: Order[]
  visits: Visit[]
  holds: Hold[]
  unplaced: Unplaced[]
  plans: PlanRow[]
  figures: Figures
}

export interface Move {
  visit: string
  staff: string
  starts_at: string
}

export interface Finding {
  code: string
  ok: boolean
  /** Said, but does not stand in the way. */
  blocking?: boolean
  text: string
}

export interface MoveCheck {
  ok: boolean
  extra_travel_seconds: number
  findings: Finding[]
}

export interface Comparison {
  a: Figures
  b: Figures
  moved: { visit: string; title: string; from: string; to: string }[]
  placed_only_in_a: string[]
  placed_only_in_b: string[]
  price_text: string
}

export type AbsenceReason = 'SICK' | 'LEAVE' | 'TRAINING' | 'OTHER'
export interface AbsenceIn {
  starts_at: string
  ends_at: string
  reason: AbsenceReason
}

export interface Area {
  id: string
  title: string
  polygon: Place[]
}
