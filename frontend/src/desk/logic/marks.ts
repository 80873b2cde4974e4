// What of a checklist is drawn on the coverage strip and in the strip of stills.
import type { EvidenceRef, InspectionItem } from '../types'
import type { Mark } from './coverage'
import { uniqueById } from './stills'

export function stillsOf(items: readonly InspectionItem[], loose: readonly EvidenceRef[] = []): EvidenceRef[] {
  return uniqueById([...items.map((item) => item.evidence), loose]).filter((entry) => entry.grade !== 'UPLOADED')
}

/** Key items where they were judged, stills where they were taken. */
export function marksOf(items: readonly InspectionItem[]): Mark[] {
  const judged = items.flatMap((item): Mark[] =>
    item.level === 'KEY' && item.finding?.decided_at
      ? [{ at: item.finding.decided_at, kind: 'item', label: item.code, item: item.code }]
      : [],
  )
  const taken = stillsOf(items).map((entry): Mark => ({ at: entry.seen_at, kind: 'still', label: entry.item ?? '', item: entry.item }))
  return [...judged, ...taken]
}
