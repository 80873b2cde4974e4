// The side of the API that aftercare reads; what is written goes through `useAct`.
import { client } from '../api'
import { ledger } from '../ledger/api'
import type { FollowUps, Matter, Matters, Remedies, Samples, Summary } from './types'

export const aftercare = {
  followUps: () => client.get<FollowUps>('/aftercare/follow-ups'),
  remedies: () => client.get<Remedies>('/aftercare/remedies'),
  matters: () => client.get<Matters>('/aftercare/matters'),
  matter: (id: string) => client.get<Matter>(`/aftercare/matters/${encodeURIComponent(id)}`),
  samples: () => client.get<Samples>('/aftercare/samples'),
  summary: () => client.get<Summary>('/aftercare/ratings/summary'),
  colleagues: ledger.colleagues,
}
