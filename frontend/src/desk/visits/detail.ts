// A delegation as its pages read it.
import type { Material } from '@/domain/materials'
import type { Channel, Need } from './types'

export const STATES = [
  'REGISTERED', 'ACCEPTED', 'HANDLING', 'DELIVERED', 'ARCHIVED', 'REPORTED', 'FOLLOWED_UP', 'SUSPENDED', 'TERMINATED',
] as const
export type DelegationState = (typeof STATES)[number]

export interface Coded {
  code: string
  title: string
}

export interface Person {
  id: string
  name: string
  badge_number: string
}

interface Common {
  id: string
  number: string
  version: number
  state: DelegationState
  state_label: string
  channel: Channel
  channel_label: string
  applicant_name: string
  phone: string
  address: string
  place_missing: boolean
  staff: Person | null
  registered_at: string
  callback_due_at: string | null
  called_back_at: string | null
  due_at: string
  provisional: boolean
  overdue: boolean
}

export interface DelegationRow extends Common {
  items: Coded[]
}

export interface DelegationRows {
  items: DelegationRow[]
  total: number
  page: number
  page_size: number
}

export interface Step {
  id: string
  version: number
  code: string
  title: string
  action: string
  minutes: number
  state: 'OPEN' | 'DONE' | 'SKIPPED'
  state_label: string
  done_at: string | null
}

export interface Item extends Coded {
  materials: Material[]
  steps: Step[]
}

export interface Mandate {
  id: string
  number: string
  scope: Coded[]
  valid_until: string
  state: 'DRAFT' | 'SIGNED' | 'REVOKED' | 'EXPIRED'
  state_label: string
  signed_at: string | null
}

export interface HandOver {
  id: string
  direction: 'RECEIVED' | 'RETURNED'
  direction_label: string
  title: string
  copies: number
  original: boolean
  at: string
  acknowledged_at: string | null
}

export interface Clock {
  kind: string
  label: string
  due_at: string | null
  done_at: string | null
  used_minutes: number
  allowed_minutes: number
  level: number
  paused: boolean
  overdue: boolean
}

export interface VisitLine {
  state_label: string
  promised_from: string | null
  promised_until: string | null
  bounces: number
  order_state_label: string | null
  starts_at: string | null
  staff: Person | null
}

export interface DelegationOut extends Common {
  items: Item[]
  contact_name: string
  needs: { code: Need; label: string }[]
  wish: string
  /** When it would suit: wished for on the web, promised by nobody. */
  preferred: { from: string; until: string } | null
  wanted_staff: Person | null
  door_note: string
  clocks: Clock[]
  visit: VisitLine | null
  mandate: Mandate | null
  possible_scope: Coded[]
  hand_overs: HandOver[]
  timeline: { at: string; kind: string; label: string }[]
  head: number
  head_hash: string
  abilities: string[]
}

export interface Paper {
  id: string
  kind: string
  kind_label: string
  state: string
  state_label: string
  pdf_url: string
}
