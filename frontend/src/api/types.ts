/** What the applicant's pages read from the HTTP API (the desk's own are in desk/types.ts). Times are ISO-8601 in UTC. */

export type Instant = string
export type Level = 'KEY' | 'MAJOR' | 'GENERAL'
export type EvidenceNeed = 'V' | 'P' | 'M' | 'D' | 'Q'
export type RemoteFitness = 'YES' | 'DOUBTFUL' | 'NO'
export type SelfResult = 'YES' | 'NO' | 'UNSURE'
export type FindingResult = 'CONFORMING' | 'NON_CONFORMING' | 'NOT_APPLICABLE' | 'UNDETERMINED'
export type Verdict = 'CONFORMING' | 'NON_CONFORMING' | 'ON_SITE_REQUIRED'
export type InspectionState = 'SCHEDULED' | 'IN_PROGRESS' | 'CONCLUDED' | 'SEALED' | 'TRANSFERRED'
export type RectificationState = 'ORDERED' | 'SUBMITTED' | 'RETURNED' | 'ACCEPTED'
export type EvidenceKind = 'STILL' | 'PHOTO' | 'CLIP' | 'SEGMENT' | 'SIGNATURE' | 'DOCUMENT'
export type EvidenceGrade = 'LIVE_CAMERA' | 'RECORDING_FRAME' | 'UPLOADED'
export type UploadPurpose = 'PRE_SURVEY' | 'STILL' | 'RECTIFICATION'

export interface Bureau {
  id?: string
  name: string
  phone: string
  address?: string
}

export interface TemplateItem {
  code: string
  title: string
  criterion: string
  level: Level
  level_label: string
  evidence: EvidenceNeed[]
  remote: RemoteFitness
  may_be_absent: boolean
  basis: string
}

export interface Template {
  code: string
  version: string | number
  title: string
  rule_text: string
  items: TemplateItem[]
}

export interface Slot {
  starts_at: Instant
  ends_at: Instant
  label: string
}

export interface SlotChoice {
  starts_at: Instant
  label: string
}

export interface Appointment extends Slot {
  id: string
  state: 'CONFIRMED' | 'CANCELLED'
}

export interface EvidenceRef {
  id: string
  kind: EvidenceKind
  grade: EvidenceGrade
  media_type: string
  sha256: string
  size: number
  width: number | null
  height: number | null
  item: string | null
  admitted_at: Instant
  number: number
  url: string
  /** Drawn anew by the server, for looking at. */
  view_url: string
  original_url: string
  /** Other dossiers that hold a picture like this one; empty on the applicant's side. */
  seen_before: string[]
}

/** What the phone holds against the bureau: entry `number` of the chain names the file's digest. */
export interface Receipt {
  sha256: string
  number: number
  stream_head: string
  at: Instant
  checkpoint: { number: number; at: Instant; body: string; signature: string; certificate: string } | null
}

export type UploadedRef = EvidenceRef & { receipt: Receipt }

/** 时间口令 */
export interface Challenge {
  checkpoint: number
  code: string
  shown_at: Instant
  spoken_at: Instant | null
}

export interface Inspector {
  id: string
  name: string
  badge_number: string
  unit?: string
  present?: boolean
}

export interface FindingOut {
  item: string
  result: FindingResult
  result_label: string
  note: string
  measured?: string | number | null
  evidence: string[]
  decided_by: string
  decided_at: Instant
  version: number
}

export interface RectificationItem {
  item: string
  title: string
  demand: string
  state: RectificationState
  state_label: string
  uploads: EvidenceRef[]
  opinion: string
}

export interface RectificationOut {
  id: string
  state: RectificationState
  state_label: string
  deadline: Instant
  open: boolean
  items: RectificationItem[]
}

export interface OutcomeOut {
  verdict: Verdict
  label: string
  reason: string
}

export interface Consent {
  version: string
  title: string
  text: string
  location_title: string
  location_text: string
  sha256: string
  accepted: boolean | null
}

export interface PreSurveyItem {
  self_result: SelfResult | null
  note: string
  photos: EvidenceRef[]
}

export interface PreSurvey {
  submitted: boolean
  items: Record<string, PreSurveyItem>
}

export type JoinStep =
  | 'BOOK'
  | 'PREPARING'
  | 'PRE_SURVEY'
  | 'CONSENT'
  | 'LOBBY'
  | 'CALL'
  | 'CONCLUDED'
  | 'SEALED'
  | 'RECTIFY'
  | 'DONE'
  | 'TRANSFERRED'

/** What an inspector still has to see at the place; `code` are the digits of the door, from departure on. */
export interface OnSite {
  inspectors_needed: number
  place_known: boolean
  items: { code: string; title: string }[]
  visit: { state: string; state_label: string; promised_from: Instant | null; promised_until: Instant | null; starts_at: Instant | null; staff: string; badge_number: string; code: string } | null
}

export interface JoinState {
  step: JoinStep
  head: number
  now: Instant
  inspection: string | null
  case: { number: string; service_item_title: string; premises_name: string; address: string }
  bureau: Bureau
  appointment: Appointment | null
  room_opens_at: Instant | null
  inspectors: Inspector[]
  template: Template | null
  consent: Consent | null
  pre_survey: PreSurvey | null
  findings: FindingOut[]
  outcome?: OutcomeOut | null
  on_site?: OnSite | null
  rectification: RectificationOut | null
  challenge?: Challenge | null
  abilities: string[]
}

export interface TicketOut {
  ticket: string
  url: string
}

export type SignatureState = 'PENDING' | 'COMPLETED' | 'DECLINED' | 'SUPERSEDED'
/** HANDWRITTEN: a drawn name. CERTIFIED: with consent, identity and a certified key besides. */
export type Assurance = 'HANDWRITTEN' | 'CERTIFIED'

export interface SignatureOut {
  id: string
  signer: 'APPLICANT' | 'INSPECTOR'
  name: string
  state: SignatureState
  assurance?: Assurance
  mine: boolean
  completed_at: Instant | null
}

/** A paper beside the record: check sheet, notice, opinion … */
export interface IssuedPaper {
  id: string
  kind: string
  kind_label: string
  serial: string
  pdf_url: string
}

/** An issued paper that is for the applicant, the record included. */
export interface ServedPaper {
  title: string
  serial: string
  sha256: string
  pdf_url: string
  received_at: string | null
}

export interface PapersOut {
  items: IssuedPaper[]
  served: ServedPaper[]
}

export interface RecordOut {
  id: string
  version: number
  state: 'FROZEN' | 'ISSUED'
  sha256: string
  /** Of the issued copy, with the drawn signatures in it. */
  signed_sha256: string | null
  pages: number
  page_url: string
  pdf_url: string
  /** Line by line, for reading aloud. */
  text?: string[]
  /** What the applicant objected to the edition before; it stands in this one. */
  objection?: { text: string | null; voice: boolean; voice_url: string | null } | null
  signatures: SignatureOut[]
}

export interface StrokePoint {
  x: number
  y: number
  /** Milliseconds since the first point of the signature. */
  t: number
  /** Pressure, 0–1. */
  p: number
}
