import { ApiClient } from '@/api/client'
import type { ActionSender } from '@/capture/actionqueue'
import type { Me, Pack } from './types'
import { packOf, papersOf, type WirePack, type WirePapers } from './wire'

const seg = encodeURIComponent

/** The delegate's side of the API. The day pack also tells the server's time. */
export class FieldApi implements ActionSender {
  private readonly client = new ApiClient('field')

  constructor(private readonly heard: (server: number) => void) {}

  async session(): Promise<Me> {
    const me = await this.client.get<Me>('/session', { retries: 0 })
    this.client.useCsrf(me.csrf_token)
    return me
  }

  async signIn(username: string, password: string): Promise<Me> {
    const me = await this.client.post<Me>('/session', { username, password }, { retries: 0 })
    this.client.useCsrf(me.csrf_token)
    return me
  }

  signOut(): Promise<unknown> {
    return this.client.delete<unknown>('/session')
  }

  /** Without a day: the server's today. */
  async pack(day: string | null): Promise<Pack> {
    const pack = await this.client.get<WirePack>(day ? `/field/pack?day=${seg(day)}` : '/field/pack', { retries: 0 })
    this.heard(Date.parse(pack.now))
    const delegations = pack.stops.flatMap(({ delegation }) => (delegation ? [delegation.id] : []))
    const papers = await Promise.all(
      delegations.map(async (id) => [id, papersOf(await this.client.get<WirePapers>(`/delegations/${seg(id)}/papers`, { retries: 0 }))] as const),
    )
    return packOf(pack, new Map(papers))
  }

  /** Whether a calendar address is out; the address itself is told once, when it is made. */
  async hasCalendar(): Promise<boolean> {
    return (await this.client.get<{ calendar: { issued: boolean } }>('/field/day', { retries: 0 })).calendar.issued
  }

  /** A new calendar address; the one before is good no more. */
  async issueCalendar(intent: string): Promise<string> {
    const { path } = await this.client.post<{ path: string }>('/field/calendar-token', {}, { intent, retries: 0 })
    return new URL(path, location.href).href
  }

  revokeCalendar(intent: string): Promise<unknown> {
    return this.client.delete<unknown>('/field/calendar-token', { intent })
  }

  post(path: string, body: Record<string, unknown>, intent: string, signal: AbortSignal): Promise<unknown> {
    return this.client.post(path, body, { intent, signal, retries: 0 })
  }

  upload(path: string, form: FormData, intent: string, signal: AbortSignal, onProgress: (sent: number, total: number) => void): Promise<unknown> {
    return this.client.upload(path, form, { intent, signal, onProgress, resumable: path.endsWith('/files') })
  }

  /** A page of a paper as a picture, for signing without a network. */
  async page(paper: string, number: number): Promise<Blob> {
    const response = await fetch(pageUrl(paper, number), { credentials: 'same-origin', headers: { 'X-Entry': 'field' } })
    if (!response.ok) throw new Error(`page ${number}: ${response.status}`)
    return response.blob()
  }
}

export function pageUrl(paper: string, number: number): string {
  return `/api/papers/${seg(paper)}/pages/${number}.png`
}
