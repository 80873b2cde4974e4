import type { PaperSignature, VisitPaper } from './types'

/** The signature this applicant may give now; null when it is somebody else's turn or nobody's. */
export function wanted(paper: VisitPaper): PaperSignature | null {
  if (paper.state !== 'FROZEN') return null
  return paper.signatures.find((one) => one.mine && one.state === 'PENDING') ?? null
}

/** What an applicant has to see: a paper that was replaced says nothing any more. */
export function shown(papers: readonly VisitPaper[]): VisitPaper[] {
  return papers.filter((paper) => paper.state !== 'SUPERSEDED').sort((a, b) => Number(wanted(b) !== null) - Number(wanted(a) !== null))
}

export function pageUrls(paper: VisitPaper): string[] {
  return Array.from({ length: paper.pages }, (_, index) => paper.page_url.replace('{n}', String(index + 1)))
}
