import type { RequestOptions } from '@/api/client'
import type { SignatureIn } from '@/api/join'
import { client } from '../session'
import type { VisitPaper, VisitView } from './types'

export type DoorReport = 'NOBODY_CAME' | 'OTHER_PERSON'

export const visitApi = {
  read: () => client.get<VisitView>('/join/visit'),
  report: (kind: DoorReport, text: string, options: RequestOptions) => client.post<unknown>('/join/visit/report', { kind, text }, options),
  revoke: (reason: string, options: RequestOptions) => client.post<unknown>('/join/visit/revoke-mandate', { reason }, options),
  papers: () => client.get<{ items: VisitPaper[] }>('/join/papers'),
  sign: (paper: string, body: SignatureIn, options: RequestOptions) => client.post<VisitPaper>(`/join/papers/${encodeURIComponent(paper)}/sign`, body, options),
  confirm: (code: string, options: RequestOptions) => client.post<unknown>('/join/visit/confirm-arrival', { code }, options),
}
