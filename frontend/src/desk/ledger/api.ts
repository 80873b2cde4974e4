// The side of the API that the ledger and the Monday meeting speak to.
import { client } from '../api'
import type { Breakdown, By, Filter, LedgerPage, Week } from './types'

export interface Person {
  id: string
  name: string
}

interface Responsibility {
  levels: { items: { staff: Person }[] }[]
}

/** Names and phones never stand in an address: with them the same search is sent as a body. */
export interface Private {
  applicant: string
  phone: string
}

const query = (filter: Filter, more: Filter = {}) => new URLSearchParams({ ...filter, ...more }).toString()

export const ledger = {
  week: (monday: string) => client.get<Week>(`/ledger/weeks/${encodeURIComponent(monday)}`),
  reportUrl: (monday: string) => `/api/ledger/weeks/${encodeURIComponent(monday)}/report.pdf`,
  workbookUrl: (filter: Filter) => `/api/ledger.xlsx?${query(filter)}`,
  rows(filter: Filter, page: number, { applicant, phone }: Private) {
    if (applicant || phone) return client.post<LedgerPage>('/ledger/search', { ...filter, applicant, phone, page })
    return client.get<LedgerPage>(`/ledger?${query(filter, { page: String(page) })}`)
  },
  statistics: (filter: Filter, by: By) => client.get<Breakdown>(`/ledger/statistics?${query(filter, { by })}`),

  /** Colleagues a thing can be given to: those who answer for something, and the delegates. */
  async colleagues(): Promise<Person[]> {
    const [answers, delegates] = await Promise.all([
      client.get<Responsibility>('/people/responsibility'),
      client.get<{ items: Person[] }>('/people/delegates'),
    ])
    const found = new Map<string, string>()
    for (const level of answers.levels) for (const one of level.items) found.set(one.staff.id, one.staff.name)
    for (const one of delegates.items) found.set(one.id, one.name)
    return [...found].map(([id, name]) => ({ id, name }))
  },
}
