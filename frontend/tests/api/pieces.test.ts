import { beforeEach, describe, expect, it } from 'vitest'
import { ApiClient } from '@/api/client'
import { PIECE } from '@/api/pieces'
import { Refusal } from '@/api/refusal'

const SIZE = 5 * 1024 * 1024

/** A server of uploads whose line may break: `cut` says after how many pieces, `lost` that the last answer never came. */
class Server {
  uploads = new Map<string, { length: number; offset: number }>()
  pieces = 0
  cut = Infinity
  lost = false
  answered = new Map<string, unknown>()
  cited: string[] = []

  readonly fetch = async (path: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const method = init?.method ?? 'GET'
    const headers = new Headers(init?.headers)
    const url = String(path)
    if (url === '/api/uploads') return this.begin(Number(headers.get('Upload-Length')))
    if (url.startsWith('/api/uploads/')) return this.append(url.slice('/api/uploads/'.length), method, headers, init?.body as ArrayBuffer)
    return this.cite(headers.get('Idempotency-Key') ?? '', init?.body as FormData)
  }

  private begin(length: number): Response {
    const id = `up-${this.uploads.size + 1}`
    this.uploads.set(id, { length, offset: 0 })
    return new Response(null, { status: 201, headers: { Location: `/api/uploads/${id}`, 'Upload-Offset': '0' } })
  }

  private async append(id: string, method: string, headers: Headers, body: ArrayBuffer): Promise<Response> {
    const found = this.uploads.get(id)
    if (!found) return problem(404, 'upload_unknown')
    if (method === 'HEAD') return new Response(null, { headers: { 'Upload-Offset': String(found.offset) } })
    if (this.pieces >= this.cut) throw new TypeError('network')
    if (Number(headers.get('Upload-Offset')) !== found.offset) return problem(409, 'upload_offset', { offset: found.offset })
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
    expect(headers.get('Upload-Checksum')).toBe(`sha256 ${btoa(String.fromCharCode(...digest))}`)
    this.pieces += 1
    found.offset += body.byteLength
    return new Response(null, { status: 204, headers: { 'Upload-Offset': String(found.offset) } })
  }

  private cite(key: string, form: FormData): Response {
    const id = String(form.get('upload'))
    expect(form.get('file')).toBeNull()
    if (!this.answered.has(key)) {
      if (!this.uploads.delete(id)) return problem(404, 'upload_unknown')
      this.answered.set(key, { id: 'evidence-1' })
    }
    this.cited.push(id)
    if (this.lost) {
      this.lost = false
      throw new TypeError('network')
    }
    return Response.json(this.answered.get(key))
  }
}

const problem = (status: number, code: string, fields = {}) => Response.json({ code, title: '', action: '', status, fields }, { status })

describe('a large file', () => {
  let server: Server
  let client: ApiClient
  let progress: number[]

  beforeEach(() => {
    localStorage.clear()
    server = new Server()
    progress = []
    client = again()
  })

  const again = () =>
    new ApiClient('join', { fetch: server.fetch, wait: () => Promise.resolve(), cookie: () => 'csrftoken=x', memory: () => localStorage })

  function send(): Promise<unknown> {
    const form = new FormData()
    form.set('sha256', 'abc')
    form.set('file', new Blob([new Uint8Array(SIZE)]), 'photo.jpg')
    return client.upload('/join/evidence', form, { intent: 'one', resumable: true, onProgress: (sent, total) => progress.push(sent / total) })
  }

  it('goes on at sixty percent after the line broke and the page was opened again', async () => {
    const whole = SIZE / PIECE
    server.cut = 0.6 * whole
    await expect(send()).rejects.toMatchObject({ code: 'client_offline' })
    server.cut = Infinity
    client = again()
    expect(await send()).toEqual({ id: 'evidence-1' })
    expect(server.pieces).toBe(whole)
    expect(progress.filter((share) => share === 0)).toHaveLength(1)
    expect(localStorage.length).toBe(0)
  })

  it('asks for the answer that was lost, under the same key and upload, and sends no byte twice', async () => {
    server.lost = true
    await expect(send()).rejects.toBeInstanceOf(Refusal)
    expect(await send()).toEqual({ id: 'evidence-1' })
    expect(server.cited).toEqual(['up-1', 'up-1'])
    expect(server.pieces).toBe(SIZE / PIECE)
  })

  it('begins anew when the server has forgotten it', async () => {
    server.cut = 3
    await expect(send()).rejects.toBeInstanceOf(Refusal)
    server.cut = Infinity
    server.uploads.delete('up-1')
    server.uploads.set('other', { length: 1, offset: 0 })
    expect(await send()).toEqual({ id: 'evidence-1' })
  })

  it('takes the server’s word for where it stands', async () => {
    server.cut = 4
    await expect(send()).rejects.toBeInstanceOf(Refusal)
    server.cut = Infinity
    const fetch = server.fetch
    let misled = false
    client = new ApiClient('join', {
      fetch: (path, init) => {
        if (init?.method !== 'HEAD' || misled) return fetch(path, init)
        misled = true
        return Promise.resolve(new Response(null, { headers: { 'Upload-Offset': '0' } }))
      },
      wait: () => Promise.resolve(),
      cookie: () => 'csrftoken=x',
      memory: () => localStorage,
    })
    await send()
    expect(server.pieces).toBe(SIZE / PIECE)
  })
})
