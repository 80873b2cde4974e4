// What the people page reads from the API, word for word as the API says it. Times of a shift are minutes of the day.
export interface Choice {
  code: string
  label: string
}

export interface Skill extends Choice {
  valid_from: string
  valid_until: string | null
  valid: boolean
}

export interface Shift {
  weekday: number
  starts: number
  ends: number
  break_earliest: number | null
  break_latest: number | null
  break_minutes: number
}

export interface Absence {
  id: string
  starts_at: string
  ends_at: string
  reason: string
  reason_label: string
}

export interface Delegate {
  id: string
  version: number
  name: string
  badge_number: string
  unit: string
  phone_masked: string
  introduction: string
  skills: Skill[]
  areas: { id: string; title: string }[]
  shifts: Shift[]
  absences: Absence[]
  photo_url: string | null
  is_public: boolean
  lacks: string[]
  abilities: ('edit' | 'report_absence')[]
}

export interface Delegates {
  items: Delegate[]
  skills: Choice[]
}

export interface Area {
  id: string
  code: string
  title: string
}

interface Named {
  id: string
  name: string
  unit: string
}

export interface Responsibility {
  levels: { level: string; label: string; items: { id: string; title: string; staff: Named }[] }[]
  expert_teams: { id: string; title: string; scope: string; members: Named[] }[]
}

export const REASONS = ['SICK', 'LEAVE', 'TRAINING', 'OTHER'] as const
