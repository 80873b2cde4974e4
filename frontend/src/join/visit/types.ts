/** What the applicant's visit page reads. Times are ISO-8601 in UTC. */
export type VisitState = 'WAITING' | 'OFFERED' | 'ACCEPTED' | 'EN_ROUTE' | 'ARRIVED' | 'DONE' | 'CANCELLED'

export interface Coded {
  code: string
  title: string
}

export interface VisitView {
  number: string
  state: string
  state_label: string
  items: Coded[]
  bureau: { code: string; name: string; phone: string }
  /** The phone number is masked: the bureau puts a call through. */
  delegate: { name: string; badge_number: string; unit: string; photo_url: string | null; phone: string } | null
  promised: { from: string; until: string } | null
  visit_state: VisitState | null
  /** Six digits from departure on, and the same for a QR code. */
  code: string | null
  qr: string | null
  mandate: { number: string; scope: Coded[]; valid_until: string; state: string; state_label: string } | null
  materials: { code: string; title: string; copies: number; original: boolean; exempt_label: string | null }[]
  timeline: { at: string; label: string }[]
  now: string
  abilities: string[]
}

export interface PaperSignature {
  id: string
  signer_label: string
  name: string
  state: 'PENDING' | 'COMPLETED' | 'DECLINED'
  state_label: string
  mine: boolean
}

export interface VisitPaper {
  id: string
  kind_label: string
  serial: string
  state: 'FROZEN' | 'SIGNED' | 'ISSUED' | 'SUPERSEDED'
  state_label: string
  sha256: string
  pages: number
  /** Holds `{n}` for the page number, from 1. */
  page_url: string
  pdf_url: string
  signatures: PaperSignature[]
}
