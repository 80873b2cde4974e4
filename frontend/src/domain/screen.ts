/** Which screen the applicant sees: what the server says, and what this page has already been through. */
export type Screen =
  | 'book'
  | 'preparing'
  | 'survey'
  | 'consent'
  | 'check'
  | 'lobby'
  | 'call'
  | 'results'
  | 'record'
  | 'done'
  | 'rectify'
  | 'transferred'

export type Step =
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

export interface Local {
  /** The person skipped the rest of the pre-survey on this page. */
  surveySkipped: boolean
  /** The person went back to the pre-survey while there is time. */
  atSurvey: boolean
  consentAccepted: boolean
  /** Camera checked and 进入 pressed on this page. */
  entered: boolean
  admitted: boolean
  /** The person went on from the results to the record. */
  atRecord: boolean
  /** The applicant has signed or declined. */
  answered: boolean
}

export function screenFor(step: Step, local: Local): Screen {
  switch (step) {
    case 'BOOK':
      return 'book'
    case 'PREPARING':
      return local.atSurvey ? 'survey' : 'preparing'
    case 'PRE_SURVEY':
      if (!local.surveySkipped) return 'survey'
      return local.consentAccepted ? room(local) : 'consent'
    case 'CONSENT':
      return 'consent'
    case 'LOBBY':
    case 'CALL':
      return room(local)
    case 'CONCLUDED':
      if (local.answered) return 'done'
      return local.atRecord ? 'record' : 'results'
    case 'RECTIFY':
      return 'rectify'
    case 'SEALED':
    case 'DONE':
      return 'done'
    case 'TRANSFERRED':
      return 'transferred'
  }
}

function room(local: Local): Screen {
  if (!local.entered) return 'check'
  return local.admitted ? 'call' : 'lobby'
}
