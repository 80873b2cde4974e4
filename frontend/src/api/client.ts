import { LARGE, Pieces, type Memory } from './pieces'
import { Refusal } from './refusal'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface RequestOptions {
  /** One key per user's intent: the caller keeps it when the same intent is tried again. */
  intent?: string
  signal?: AbortSignal
  /** How often a request that got no answer is sent again. */
  retries?: number
}

export interface UploadOptions extends RequestOptions {
  onProgress?: (sent: number, total: number) => void
  /** The route takes a finished upload in place of the form's `file`: a large one may go in pieces. */
  resumable?: boolean
}

/** The browser as the client needs it; tests put a fake in its place. */
export interface Transport {
  fetch: typeof fetch
  wait: (ms: number) => Promise<void>
  cookie: () => string
  memory: () => Memory
}

const browser: Transport = {
  fetch: (...args) => fetch(...args),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  cookie: () => document.cookie,
  memory: () => localStorage,
}

export function newIntent(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function backOff(attempt: number, random: () => number = Math.random): number {
  return Math.min(8000, 400 * 2 ** attempt) * (0.7 + 0.6 * random())
}

export class ApiClient {
  private csrf: string | null = null

  /** `entry` says for whom the page speaks where one browser is signed in as staff and as applicant. */
  constructor(
    private readonly entry: 'join' | 'desk' | 'field' | 'public' = 'desk',
    private readonly transport: Transport = browser,
    private readonly base = '/api',
  ) {}

  get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.send<T>('GET', path, undefined, options)
  }

  post<T>(path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    return this.send<T>('POST', path, body, options)
  }

  put<T>(path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
    return this.send<T>('PUT', path, body, options)
  }

  delete<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.send<T>('DELETE', path, undefined, options)
  }

  /** After sign-in the server turns the token; the answer of sign-in carries the new one. */
  useCsrf(token: string): void {
    this.csrf = token
  }

  /**
   * Sends one request; throws a `Refusal` for every answer that is not 2xx.
   * Safe to repeat without an answer: reads are, and writes carry the key of their intent.
   */
  async send<T>(method: Method, path: string, body: unknown, options: RequestOptions): Promise<T> {
    const intent = options.intent ?? newIntent()
    const retries = options.retries ?? 2
    let csrfRenewed = false
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.once<T>(method, path, body, intent, options.signal)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (error.code === 'csrf_failed' && !csrfRenewed) {
          csrfRenewed = true
          await this.renewCsrf()
          continue
        }
        if (!error.temporary || error.code === 'client_aborted' || attempt >= retries) throw error
        await this.transport.wait(backOff(attempt))
      }
    }
  }

  /** Sends a form with progress; the caller decides about trying again, with the same intent. */
  async upload<T>(path: string, form: FormData | Blob, options: UploadOptions = {}): Promise<T> {
    const file = form instanceof FormData ? form.get('file') : null
    if (options.resumable && form instanceof FormData && file instanceof Blob && file.size > LARGE) return this.uploadInPieces<T>(path, form, file, options)
    const token = await this.csrfToken()
    return new Promise<T>((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('POST', this.base + path)
      request.responseType = 'json'
      request.setRequestHeader('Accept', 'application/json')
      request.setRequestHeader('X-CSRFToken', token)
      request.setRequestHeader('X-Entry', this.entry)
      request.setRequestHeader('Idempotency-Key', options.intent ?? newIntent())
      if (form instanceof Blob) request.setRequestHeader('Content-Type', form.type || 'application/octet-stream')
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) options.onProgress?.(event.loaded, event.total)
      }
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) resolve(request.response as T)
        else reject(Refusal.of(request.status, request.response))
      }
      request.onerror = () => reject(Refusal.offline())
      request.ontimeout = () => reject(Refusal.offline())
      request.onabort = () => reject(Refusal.aborted())
      options.signal?.addEventListener('abort', () => request.abort(), { once: true })
      request.send(form)
    })
  }

  /** The bytes first, from where they broke off; then the form, which names them. */
  private async uploadInPieces<T>(path: string, form: FormData, file: Blob, options: UploadOptions): Promise<T> {
    const intent = options.intent ?? newIntent()
    const pieces = new Pieces((method, to, headers, body) => this.bare(method, to, headers, body, options.signal), this.transport.memory(), intent)
    for (;;) {
      const id = await pieces.send(file, options.onProgress ?? (() => undefined))
      const citing = new FormData()
      for (const [name, value] of form.entries()) if (name !== 'file') citing.set(name, value)
      citing.set('upload', id)
      try {
        const response = await this.raw('POST', path, { Accept: 'application/json', 'Idempotency-Key': intent }, citing, options.signal)
        const answer = await readJson(response)
        pieces.forget()
        return answer as T
      } catch (error) {
        if (!(error instanceof Refusal) || error.temporary) throw error
        pieces.forget()
        // It lay there too long: once more from the beginning.
        if (error.code !== 'upload_unknown') throw error
      }
    }
  }

  private async bare(method: string, path: string, headers: Record<string, string>, body: ArrayBuffer | undefined, signal: AbortSignal | undefined): Promise<Headers> {
    return (await this.raw(method, path, headers, body, signal)).headers
  }

  /** Any body out, the response itself back; renews the CSRF token once. */
  private async raw(method: string, path: string, headers: Record<string, string>, body: BodyInit | undefined, signal: AbortSignal | undefined): Promise<Response> {
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.exchange(path, {
        method,
        headers: { ...headers, 'X-Entry': this.entry, 'X-CSRFToken': await this.csrfToken() },
        credentials: 'same-origin',
        cache: 'no-store',
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      })
      if (response.ok) return response
      const refusal = Refusal.of(response.status, await readJson(response))
      if (refusal.code !== 'csrf_failed' || attempt > 0) throw refusal
      await this.renewCsrf()
    }
  }

  private async once<T>(
    method: Method,
    path: string,
    body: unknown,
    intent: string,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json', 'X-Entry': this.entry }
    if (method !== 'GET') {
      headers['Idempotency-Key'] = intent
      headers['X-CSRFToken'] = await this.csrfToken()
    }
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const response = await this.exchange(path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
    const answer = await readJson(response)
    if (!response.ok) throw Refusal.of(response.status, answer)
    return answer as T
  }

  private async exchange(path: string, init: RequestInit): Promise<Response> {
    try {
      return await this.transport.fetch(this.base + path, init)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw Refusal.aborted()
      throw Refusal.offline()
    }
  }

  private async csrfToken(): Promise<string> {
    const fromCookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(this.transport.cookie())?.[1]
    const known = this.csrf ?? fromCookie
    return known ?? (await this.renewCsrf())
  }

  private async renewCsrf(): Promise<string> {
    const response = await this.exchange('/csrf', { credentials: 'same-origin', cache: 'no-store' })
    const answer = (await readJson(response)) as { csrf_token?: string } | null
    if (!response.ok || !answer?.csrf_token) throw Refusal.of(response.status, answer)
    this.csrf = answer.csrf_token
    return this.csrf
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!text) return null
  try {
    return JSON.parse(text)
  } catch {
    // A proxy's error page is no problem document; its status still tells what happened.
    return null
  }
}
