import type { VisitView } from './types'

/** The only place that knows how the server writes the visit. */
export function viewOf(answer: unknown): VisitView {
  return answer as VisitView
}
