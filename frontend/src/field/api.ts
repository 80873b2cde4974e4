import { ApiClient, browser, type Transport } from '@/api/client'
import type { ActionSender } from '@/capture/actionqueue'
import type { Me, Pack } from './types'
import { packOf } from './wire'

const seg = encodeURIComponent

/** The delegate's side of the API. Every answer also tells the server's time. */
export class FieldApi implements ActionSender {
  private readonly client: ApiClient

  constructor(heard: (server: number) => void) {
    const transport: Transport = {
      ...browser,
      fetch: async (...request) => {
        const response = await browser.fetch(...request)
        const told = Date.parse(response.headers.get('Date') ?? '')
        if (!Number.isNaN(told)) heard(told + 500)
        return response
      },
    }
    this.client = new ApiClient('field', transport)
  }

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

  async pack(day: string): Promise<Pack> {
    return packOf(await this.client.get<unknown>(`/field/pack?day=${seg(day)}`, { retries: 0 }))
  }

  post(path: string, body: Record<string, unknown>, intent: string, signal: AbortSignal): Promise<unknown> {
    return this.client.post(path, body, { intent, signal, retries: 0 })
  }

  upload(path: string, form: FormData, intent: string, signal: AbortSignal, onProgress: (sent: number, total: number) => void): Promise<unknown> {
    return this.client.upload(path, form, { intent, signal, onProgress })
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
