import { beforeEach, describe, expect, it } from 'vitest'
import { ApiClient, backOff, type Transport } from '@/api/client'

interface Sent {
  url: string
  method: string
  headers: Record<string, string>
  body: unknown
}

describe('ApiClient', () => {
  let sent: Sent[]
  let answers: (() => Response)[]
  let waits: number[]
  let client: ApiClient

  const json = (status: number, body: unknown) => () => new Response(JSON.stringify(body), { status })
  const lost = () => {
    throw new TypeError('network')
  }

  beforeEach(() => {
    sent = []
    answers = []
    waits = []
    const transport: Transport = {
      fetch: (url, init) => {
        sent.push({
          url: String(url),
          method: init?.method ?? 'GET',
          headers: (init?.headers ?? {}) as Record<string, string>,
          body: init?.body ? JSON.parse(String(init.body)) : undefined,
        })
        const answer = answers.shift()
        if (!answer) throw new Error('nothing more was expected')
        try {
          return Promise.resolve(answer())
        } catch (error) {
          return Promise.reject(error as Error)
        }
      },
      wait: (ms) => {
        waits.push(ms)
        return Promise.resolve()
      },
      cookie: () => 'csrftoken=cookie-token; other=1',
      memory: () => localStorage,
    }
    client = new ApiClient('join', transport)
  })

  it('sends a write with the token, the entry and a key of the intent', async () => {
    answers = [json(200, { ok: true })]
    await client.put('/join/place', { denied: true })
    expect(sent[0]).toMatchObject({ url: '/api/join/place', method: 'PUT', body: { denied: true } })
    expect(sent[0]?.headers).toMatchObject({ 'X-CSRFToken': 'cookie-token', 'X-Entry': 'join' })
    expect(sent[0]?.headers['Idempotency-Key']).toMatch(/.{16,}/)
  })

  it('repeats what got no answer with the same key', async () => {
    answers = [lost, json(503, {}), json(200, { done: 1 })]
    await expect(client.post('/join/appointment', {})).resolves.toEqual({ done: 1 })
    expect(new Set(sent.map((one) => one.headers['Idempotency-Key'])).size).toBe(1)
    expect(waits).toHaveLength(2)
  })

  it('does not repeat a refusal', async () => {
    answers = [json(409, { code: 'slot_taken', title: '这个时段刚被别人约走', action: '请改选', fields: { alternatives: [] } })]
    await expect(client.post('/join/appointment', {})).rejects.toMatchObject({ code: 'slot_taken', status: 409, fields: { alternatives: [] } })
    expect(sent).toHaveLength(1)
  })

  it('says that there is no network when every try was lost', async () => {
    answers = [lost, lost, lost]
    await expect(client.get('/join/state')).rejects.toMatchObject({ code: 'client_offline', temporary: true })
  })

  it('gets a new token once when the server does not know the old one', async () => {
    answers = [json(403, { code: 'csrf_failed' }), json(200, { csrf_token: 'fresh' }), json(200, {})]
    await client.post('/join/pre-survey', {})
    expect(sent[2]?.headers['X-CSRFToken']).toBe('fresh')
  })

  it('makes a refusal of an error page that is no problem document', async () => {
    answers = [() => new Response('<html>', { status: 413 })]
    await expect(client.get('/x')).rejects.toMatchObject({ code: 'http_413', status: 413 })
  })

  it('takes an empty answer as nothing', async () => {
    answers = [() => new Response(null, { status: 204 })]
    await expect(client.delete('/join/appointment')).resolves.toBeNull()
  })

  it('waits longer from try to try', () => {
    const middle = () => 0.5
    expect([0, 1, 2, 9].map((attempt) => backOff(attempt, middle))).toEqual([400, 800, 1600, 8000])
  })
})
