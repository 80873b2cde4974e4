// What the pages of aftercare read from the API, word for word as the API says it.
export interface Word {
  code: string
  label: string
}

export interface Person {
  id: string
  name: string
}

interface Timed {
  id: string
  version: number
  state_label: string
  due_at: string
  provisional: boolean
  overdue: boolean
}

export interface FollowUp extends Timed {
  state: 'OPEN' | 'DONE' | 'UNREACHABLE'
  subject_kind: 'DELEGATION' | 'INSPECTION'
  subject: string
  number: string
  causes: Word[]
  contact_name: string
  phone: string
  script: string[]
  tries: number
  last_try_at: string | null
  outcome_label: string | null
  said: string
  blocked_point_label: string | null
  blocked_text: string
  done_by: Person | null
  done_at: string | null
}

export interface FollowUps {
  items: FollowUp[]
  open: number
  overdue: number
  outcomes: Word[]
  blocked_points: Word[]
}

export interface Remedy extends Timed {
  state: 'OPEN' | 'CLOSED'
  subject_kind_label: string
  number: string
  grade: number
  grade_label: string
  tags: Word[]
  text: string
  rated: Person[]
  owner: Person | null
  escalated: boolean
  outcome_label: string | null
  found: string
  answer: string
  closed_by: Person | null
  closed_at: string | null
  may_close: boolean
}

export interface Remedies {
  items: Remedy[]
  outcomes: Word[]
}

export interface Matter extends Timed {
  number: string
  state: 'REGISTERED' | 'PROPOSED' | 'ASSIGNED' | 'REPLIED' | 'CLOSED'
  source_label: string
  delegation: string | null
  applicant_name: string
  phone: string
  text: string
  complexity_label: string
  department: string
  opinion: string
  instruction: string
  reply: string
  resolved: boolean | null
  registered_at: string
  extended: boolean
  extension_reason: string
  forms: { form: string; by: string | null; at: string | null }[]
}

export interface Matters {
  items: Matter[]
  open: number
  overdue: number
  sources: Word[]
  complexities: Word[]
  told_ways: Word[]
}

export interface SampledCase {
  delegation: string
  number: string
  position: number
  checks: Record<string, string>
  remark: string
  checked_by: Person | null
  checked_at: string | null
}

export interface Sample {
  id: string
  supervisor: string
  seed: string
  from_day: string
  until_day: string
  population: number
  population_sha256: string
  drawn_at: string
  cases: SampledCase[]
  how: string
}

export interface Samples {
  items: Sample[]
  checks: Word[]
  answers: Word[]
}

export interface Month {
  month: string
  count: number | null
  grades: Record<string, number> | null
}

export interface Summary {
  published_from: number
  grade_labels: Record<string, string>
  own: Month[]
  bureau: Month[] | null
}
