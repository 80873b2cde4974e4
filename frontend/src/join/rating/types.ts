export interface Word {
  code: string
  label: string
}

export interface RatingAsk {
  subject_label: string
  number: string
  items: string[]
  bureau: { name: string; phone: string }
  finished: boolean
  given: boolean
  may_rate: boolean
  /** Who can see it. */
  promise: string
  grades: { grade: number; label: string; tags: Word[] }[]
}
