interface Surveyed {
  self_result: string | null
  photos: readonly unknown[]
}

interface Item {
  code: string
}

export interface SurveyProgress {
  all: number
  done: number
  /** Index of the first item that nobody has looked at; the last one when all are done. */
  next: number
}

/** How far the applicant's own look around has come; a photo alone does not answer the question. */
export function surveyProgress(items: readonly Item[], answers: Readonly<Record<string, Surveyed>>): SurveyProgress {
  const answered = items.map((item) => answers[item.code]?.self_result != null)
  const open = answered.indexOf(false)
  return {
    all: items.length,
    done: answered.filter(Boolean).length,
    next: open === -1 ? Math.max(0, items.length - 1) : open,
  }
}
