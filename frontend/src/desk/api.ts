// The desk's side of the API.
import { ApiClient, newIntent } from '@/api/client'
import type { SignatureIn } from '@/api/join'
import { SigningApi } from '@/api/signing'
import type { TicketOut } from '@/api/types'
import type {
  Anchoring,
  CaseOut,
  CaseRow,
  Challenge,
  DeskToday,
  EvidenceRef,
  Finding,
  Inspection,
  InspectionItem,
  Me,
  RecordingOut,
  RecordOut,
  Rectification,
  SignatureRef,
} from './types'
import type { Result } from './logic/keys'

export const client = new ApiClient()
export const signing = new SigningApi(client)
const seg = encodeURIComponent

export interface FindingIn {
  result: Result
  note: string
  evidence: string[]
  measured?: string
  version: number
}

export interface ConcludeIn {
  version: number
  rectification_days?: number
  opinion?: string
}

type RawItem = Omit<InspectionItem, 'evidence' | 'evidence_kinds'> & { evidence: string[]; pictures: EvidenceRef[] }
type RawInspection = Omit<Inspection, 'items'> & { items: RawItem[] }

/** On the wire `evidence` of an item are the kinds it needs; here they are the pictures it has. */
function read(raw: RawInspection): Inspection {
  return { ...raw, items: raw.items.map(({ evidence, pictures, ...item }) => ({ ...item, evidence_kinds: evidence, evidence: pictures })) }
}

export const api = {
  session: () => client.get<Me>('/session', { retries: 0 }),
  async signIn(username: string, password: string): Promise<Me> {
    const me = await client.post<Me>('/session', { username, password }, { retries: 0 })
    client.useCsrf(me.csrf_token)
    return me
  },
  signOut: () => client.delete<null>('/session'),

  today: () => client.get<DeskToday>('/desk/today'),
  cases: (q: string) => client.get<{ items: CaseRow[] }>(`/cases?q=${seg(q)}`),
  case: (number: string) => client.get<CaseOut>(`/cases/${seg(number)}`),

  inspection: async (id: string) => read(await client.get<RawInspection>(`/inspections/${seg(id)}`)),
  ticket: (id: string, signal: AbortSignal) => client.post<TicketOut>(`/inspections/${seg(id)}/ticket`, undefined, { retries: 0, signal }),
  find: (id: string, item: string, body: FindingIn) =>
    client.put<Finding>(`/inspections/${seg(id)}/findings/${seg(item)}`, body),
  conclude: (id: string, body: ConcludeIn) => client.post<unknown>(`/inspections/${seg(id)}/conclude`, body),
  transfer: (id: string, reason: string) => client.post<unknown>(`/inspections/${seg(id)}/transfer`, { reason }),
  stillFromRecording: (id: string, item: string | null) =>
    client.post<EvidenceRef>(`/inspections/${seg(id)}/stills/from-recording`, item ? { item } : {}),

  recording: (id: string) => client.get<RecordingOut>(`/inspections/${seg(id)}/recording`),
  askMp4: (id: string) => client.post<RecordingOut['mp4']>(`/inspections/${seg(id)}/recording/mp4`),
  showChallenge: (id: string) => client.post<Challenge>(`/inspections/${seg(id)}/challenge`),
  challengeSpoken: (id: string, checkpoint: number) => client.post<Challenge>(`/inspections/${seg(id)}/challenge/${checkpoint}/spoken`),
  anchoring: (id: string) => client.get<Anchoring>(`/inspections/${seg(id)}/anchoring`),
  record: (id: string) => client.get<RecordOut>(`/inspections/${seg(id)}/record`),
  sign: (signature: string, body: SignatureIn, intent: string) =>
    client.post<SignatureRef>(`/signatures/${seg(signature)}/complete`, body, { intent }),

  rectification: (id: string) => client.get<Rectification>(`/rectifications/${seg(id)}`),
  review: (id: string, item: string, verb: 'accept' | 'return', opinion: string) =>
    client.post<Rectification>(`/rectifications/${seg(id)}/items/${seg(item)}/${verb}`, { opinion }),
}

export { newIntent }
