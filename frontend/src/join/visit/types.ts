/** What the applicant's visit page reads. Times are ISO-8601 in UTC. */
export type OrderState = 'OFFERED' | 'ACCEPTED' | 'EN_ROUTE' | 'ARRIVED' | 'DONE' | 'DECLINED' | 'WITHDRAWN' | 'ABORTED'

export interface Coded {
  code: string
  title: string
}

export interface VisitView {
  number: string
  state: string
  state_label: string
  items: Coded[]
  bureau: { name: string; phone: string }
  delegate: { name: string; badge_number: string; unit: string; photo_url: string | null; phone: string } | null
  promised: { from: string; until: string } | null
  order_state: OrderState | null
  /** Six digits, once the delegate is on the way. */
  code: string | null
  /** The same for a QR code. */
  qr: string | null
  mandate: { number: string; scope: Coded[]; valid_until: string; state: string; state_label: string } | null
  materials: { code: string; title: string; copies: number; original: boolean; exempt_by: string | null }[]
  timeline: { at: string; label: string }[]
}
