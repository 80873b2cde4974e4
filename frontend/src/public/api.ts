// What the public pages read and send, word for word as the API says it. Nobody is signed in here.
import { ApiClient } from '@/api/client'
import type { Material } from '@/domain/materials'
import type { Wish } from './wish'

export interface Delegate {
  id: string
  name: string
  badge_number: string
  unit: string
  photo_url: string | null
  skills: string[]
  areas: string[]
  introduction: string
}

export interface Roster {
  bureau: { name: string; phone: string }
  delegates: Delegate[]
  responsibility: { level: string; label: string; items: { title: string; unit: string; name: string | null }[] }[]
  expert_teams: { title: string; scope: string; members: string[] }[]
}

export type PersonType = 'PERSON' | 'FIRM'

export interface GuideLine {
  code: string
  title: string
  person_type: PersonType
  instant: boolean
  promised_days: number
}

export interface Bundle {
  code: string
  title: string
  items: { code: string; title: string }[]
}

export interface Registered {
  number: string
  bureau_phone: string
  registered_at: string
  callback_due_at: string | null
  due_at: string
}

const client = new ApiClient('public')

export const api = {
  roster: (code: string) => client.get<Roster>(`/public/${encodeURIComponent(code)}/roster`),
  guides: async () => (await client.get<{ items: GuideLine[] }>('/catalog/guides')).items,
  bundles: async () => (await client.get<{ items: Bundle[] }>('/catalog/bundles')).items,
  materials: async (item: string) => (await client.get<{ materials: Material[] }>(`/catalog/guides/${encodeURIComponent(item)}`)).materials,
  register: (code: string, wish: Wish, intent: string) =>
    client.post<Registered>(`/public/${encodeURIComponent(code)}/delegations`, wish, { intent }),
}
