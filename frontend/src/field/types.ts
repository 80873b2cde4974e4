/** What the delegate's phone reads from the HTTP API. Times are ISO-8601 in UTC, places WGS-84. */

export type Instant = string
export type OrderState = 'OFFERED' | 'ACCEPTED' | 'DECLINED' | 'WITHDRAWN' | 'EN_ROUTE' | 'ARRIVED' | 'DONE' | 'ABORTED'

export interface Me {
  id: string
  name: string
  unit: string
  badge_number: string
  roles: string[]
  bureau: { id: string; name: string; phone: string }
  csrf_token: string
}

export interface VisitOut {
  id: string
  kind: 'DELEGATION' | 'INSPECTION' | 'RECTIFICATION'
  kind_label: string
  title: string
  address: string
  /** What is to be done there; of a delegation that is the wish, which has its own card. */
  note: string
  door_note: string
  contact_name: string
  contact_phone: string
  longitude: number | null
  latitude: number | null
  minutes: number
  promised_from: Instant | null
  promised_until: Instant | null
}

export interface OrderOut {
  id: string
  version: number
  state: OrderState
  state_label: string
  starts_at: Instant
  ends_at: Instant
  travel_seconds: number
  visit: VisitOut
  delegation: string | null
  /** The half of the digits that the delegate says first; blank before departure. */
  code_head: string
}

export interface Coded {
  code: string
  title: string
}

export interface MaterialOut extends Coded {
  copies: number
  original: boolean
  exempt_label: string | null
}

export interface StepOut {
  id: string
  version: number
  item: string
  code: string
  title: string
  action: string
  minutes: number
  state: 'OPEN' | 'DONE' | 'SKIPPED'
  done_at: Instant | null
}

export interface ItemOut extends Coded {
  materials: MaterialOut[]
  steps: StepOut[]
}

export interface MandateOut {
  id: string
  number: string
  scope: Coded[]
  valid_until: string
  state: 'DRAFT' | 'SIGNED' | 'REVOKED' | 'EXPIRED'
  state_label: string
}

export interface HandOverOut {
  id: string
  direction: 'RECEIVED' | 'RETURNED'
  title: string
  material: string
  copies: number
  original: boolean
  at: Instant
  acknowledged_at: Instant | null
}

export interface FileOut {
  id: string
  sha256: string
  item: string
  material: string
  purpose: string
  number: number
}

/** A signature that can be given on this phone: the applicant's, or the delegate's own. */
export interface WantedSignature {
  signer: string
  name: string
  mine: boolean
}

export interface PaperOut {
  id: string
  kind: string
  title: string
  serial: string
  state: 'FROZEN' | 'SIGNED' | 'ISSUED'
  sha256: string
  pages: number
  wanted: WantedSignature[]
}

export interface DelegationOut {
  id: string
  number: string
  state: string
  state_label: string
  wish: string
  needs: { code: string; label: string }[]
  items: ItemOut[]
  mandate: MandateOut | null
  hand_overs: HandOverOut[]
  files: FileOut[]
  papers: PaperOut[]
}

export interface Stop {
  order: OrderOut
  delegation: DelegationOut | null
}

export interface Pack {
  day: string
  now: Instant
  stops: Stop[]
}
