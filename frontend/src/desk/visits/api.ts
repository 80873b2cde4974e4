// The side of the API that intake and delegations speak to. Every write names the intent it belongs to.
import { client } from '../api'
import type { DelegationOut, DelegationRows, Paper } from './detail'
import type { Area, Bundle, Duplicate, Guide, GuideLine, Need, NewDelegation, Place, WindowOffer } from './types'

const seg = encodeURIComponent
const list = (values: readonly string[]) => seg(values.join(','))

export interface WindowQuery {
  items: string[]
  place: Place
  needs: Need[]
}

export const visits = {
  guides: () => client.get<{ items: GuideLine[] }>('/catalog/guides'),
  guide: (code: string) => client.get<Guide>(`/catalog/guides/${seg(code)}`),
  bundles: () => client.get<{ items: Bundle[] }>('/catalog/bundles'),
  areas: () => client.get<{ items: Area[] }>('/people/areas'),

  windows: ({ items, place, needs }: WindowQuery) =>
    client.get<{ windows: WindowOffer[] }>(
      `/delegations/windows?items=${list(items)}&longitude=${place[0]}&latitude=${place[1]}&needs=${list(needs)}&days=3`,
    ),
  duplicates: (phone: string, items: string[]) =>
    client.post<{ existing: Duplicate[] }>('/delegations/duplicates', { phone, items }, { retries: 0 }),
  register: (body: NewDelegation, intent: string) => client.post<DelegationOut>('/delegations', body, { intent }),

  list: (query: string) => client.get<DelegationRows>(`/delegations?${query}`),
  read: (id: string) => client.get<DelegationOut>(`/delegations/${seg(id)}`),
  papers: (id: string) => client.get<{ items: Paper[] }>(`/delegations/${seg(id)}/papers`),
  act: (id: string, verb: string, body: { version: number; reason?: string }, intent: string) =>
    client.post<DelegationOut>(`/delegations/${seg(id)}/${verb}`, body, { intent }),
  locate: (id: string, version: number, [longitude, latitude]: Place, intent: string) =>
    client.post<DelegationOut>(`/delegations/${seg(id)}/place`, { version, longitude, latitude }, { intent }),
  locateSite: (inspection: string, [longitude, latitude]: Place, intent: string) =>
    client.put<unknown>(`/inspections/${seg(inspection)}/site`, { longitude, latitude }, { intent }),
  draftMandate: (id: string, body: { scope: string[]; valid_until: string }, intent: string) =>
    client.post<unknown>(`/delegations/${seg(id)}/mandate`, body, { intent }),
  revokeMandate: (id: string, reason: string, intent: string) =>
    client.post<unknown>(`/delegations/${seg(id)}/mandate/revoke`, { reason }, { intent }),
}
