// What the desk reads from the API, word for word as the API says it.
import type { KeyHolder } from '@/api/signing'
import type { Assurance, ServedPaper, SignatureState } from '@/api/types'
import type { Span } from './logic/coverage'
import type { Level } from './logic/checklist'
import type { Result } from './logic/keys'

export interface Bureau {
  id: string
  code: string
  name: string
  phone: string
}

export interface Me {
  id: string
  name: string
  unit: string
  badge_number: string
  roles: string[]
  bureau: Bureau
  csrf_token: string
}

export interface InspectorRef {
  id: string
  name: string
  badge_number: string
  unit?: string
  present?: boolean
}

export type InspectionState = 'SCHEDULED' | 'IN_PROGRESS' | 'CONCLUDED' | 'SEALED' | 'TRANSFERRED'
export type RectificationState = 'ORDERED' | 'SUBMITTED' | 'RETURNED' | 'ACCEPTED'
export type Verdict = 'CONFORMING' | 'NON_CONFORMING' | 'ON_SITE_REQUIRED'

export interface DeskRow {
  id: string
  case_number: string
  service_item_title: string
  premises_name: string
  starts_at: string
  label: string
  state: InspectionState
  state_label: string
  lobby: 'EMPTY' | 'WAITING' | 'IN_CALL'
  waiting_since?: string | null
  mine: boolean
  inspectors: InspectorRef[]
  rectification: RectificationState | null
  rectification_id: string | null
}

export interface DeskToday {
  now: string
  items: DeskRow[]
  next?: DeskRow | null
}

export interface EvidenceRef {
  id: string
  kind: 'STILL' | 'PHOTO' | 'CLIP' | 'SEGMENT' | 'SIGNATURE' | 'DOCUMENT'
  grade: 'LIVE_CAMERA' | 'RECORDING_FRAME' | 'UPLOADED'
  sha256: string
  size: number
  width: number | null
  height: number | null
  item: string | null
  admitted_at: string
  /** When it was before the camera, as near as is known. */
  seen_at: string
  number: number | null
  media_type: string
  url: string
  /** Drawn anew by the server, for looking at. */
  view_url: string
  /** A derived copy with case, time and place burned in; empty for a clip. */
  stamped_url: string
  original_url: string
  /** Labels of other dossiers that hold a picture like this one. */
  seen_before: string[]
}

export interface Finding {
  item: string
  result: Result
  result_label: string
  note: string
  measured?: string | null
  evidence: string[]
  decided_by: string
  decided_at: string
  version: number
}

export interface PreSurveyItem {
  self_result: 'YES' | 'NO' | 'UNSURE' | null
  note: string
  photos: EvidenceRef[]
}

export interface InspectionItem {
  code: string
  title: string
  criterion: string
  level: Level
  level_label: string
  evidence_kinds: string[]
  remote: 'YES' | 'DOUBTFUL' | 'NO'
  may_be_absent: boolean
  basis: string
  finding: Finding | null
  /** Why the judgement cannot stand as it is. */
  blocker: { code: string; text: string } | null
  pre_survey: PreSurveyItem | null
  evidence: EvidenceRef[]
}

export interface Place {
  longitude?: number | null
  latitude?: number | null
  accuracy_m?: number | null
  distance_m?: number | null
  denied: boolean
  reported_at: string
}

export interface Computed {
  /** null while an item is blank */
  verdict: Verdict | null
  label: string
  reason: string
  blank: number
  counts: Record<string, unknown>
}

export interface Outcome {
  verdict: Verdict
  label: string
  reason: string
  opinion?: string
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

export interface Rectification {
  id: string
  state: RectificationState
  state_label: string
  deadline: string
  items: RectificationItem[]
}

export interface CaseBrief {
  id?: string
  number: string
  service_item_title: string
  premises_name: string
  address: string
  applicant_name: string
  contact_name: string
  contact_phone: string
}

/** What goes on at the place itself: the open items and the visit for them. */
export interface OnSite {
  inspectors_needed: number
  place_known: boolean
  items: { code: string; title: string }[]
  visit: { id: string; state: string; state_label: string; promised_from: string | null; promised_until: string | null; starts_at: string | null; staff: string } | null
}

/** 时间口令 */
export interface Challenge {
  checkpoint: number
  code: string
  shown_at: string
  spoken_at: string | null
}

export interface TimestampToken {
  authority: string
  label: string
  state: 'PENDING' | 'STAMPED' | 'FAILED'
  state_label: string
  stamped_at: string | null
  /** false: this machine's own stamp, no outside time */
  outside: boolean
}

export interface Anchoring {
  checkpoint: { number: number; size: number; at: string; root: string } | null
  complete: boolean
  tokens: TimestampToken[]
  authority: string
  fingerprint: string
}

export interface Inspection {
  id: string
  version: number
  head: number
  state: InspectionState
  state_label: string
  mode: 'REMOTE' | 'ON_SITE'
  round: number
  case: CaseBrief
  appointment: { starts_at: string; ends_at: string; label: string } | null
  template: { code: string; version: string; title: string; rule_text: string; target_minutes?: number }
  items: InspectionItem[]
  inspectors: InspectorRef[]
  place: Place | null
  consent: { accepted: boolean; location_accepted: boolean; text_version: string; answered_at: string } | null
  outcome?: Outcome | null
  computed: Computed
  on_site?: OnSite | null
  rectification: Rectification | null
  dossier_head: string
  words: { opening: string; closing: string }
  challenges: Challenge[]
  abilities: string[]
}

export interface Blocker {
  code: string
  item?: string | null
  text: string
}

/** Noted by one inspector; it counts once another has witnessed it. */
export interface RefusalNote {
  reason: string
  noted_by: string
  noted_at: string
  may_witness: boolean
}

export interface SignatureRef {
  id: string
  signer: 'APPLICANT' | 'INSPECTOR'
  name: string
  state: SignatureState
  assurance?: Assurance
  key?: KeyHolder | null
  /** An authority's time over a certified signature; PENDING until one has answered. */
  stamp?: { state: 'PENDING' | 'STAMPED' | 'FAILED'; state_label: string; at: string | null } | null
  refusal?: RefusalNote | null
  mine: boolean
  completed_at: string | null
}

/** An answer to an edition that is no longer the newest. */
export interface SupersededRef {
  version: number
  signer: 'APPLICANT' | 'INSPECTOR'
  name: string
  was: 'PENDING' | 'COMPLETED'
  completed_at: string | null
}

/** A paper beside the record: check sheet, notice, opinion … */
export interface IssuedPaper {
  id: string
  kind: string
  kind_label: string
  serial: string
  pdf_url: string
}

export interface RecordOut {
  id: string
  version: number
  state: 'FROZEN' | 'ISSUED'
  sha256: string
  pages: number
  page_url: string
  pdf_url: string
  signatures: SignatureRef[]
  objection?: { text: string | null; voice: boolean; voice_url: string | null; at: string } | null
  superseded?: SupersededRef[]
  papers?: IssuedPaper[]
  served?: ServedPaper[]
}

export interface RecordingSegment {
  number: number
  source: string
  source_label: string
  /** The applicant's picture. */
  main: boolean
  started_at: string
  ended_at: string
  url: string
  sha256: string
  width: number | null
  height: number | null
  video_frames: number | null
}

export interface RecordingOut {
  segments: RecordingSegment[]
  coverage: { percent: number; spans: Span[] }
  mp4: { state: 'NONE' | 'WORKING' | 'READY'; percent: number; started_at?: string | null; url?: string | null; sheet?: string | null }
}

export interface CaseRow {
  number: string
  state: string
  state_label: string
  service_item_title?: string
  applicant_name: string
  premises_name: string
  address?: string
  received_at: string
}

export interface CaseOut {
  id: string
  number: string
  state: string
  state_label: string
  service_item: string
  service_item_title?: string
  applicant_name: string
  premises_name: string
  address: string
  outcome?: string | null
  outcome_label?: string | null
  result_version?: number | null
  result_delivered_at?: string | null
  timeline: { at: string; kind: string; label: string }[]
}
