import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useInspection } from '@/desk/workspace/useInspection'

type Body = { result: string; note: string; evidence: string[]; version: number }
const item = (code: string) => ({ code, title: code, level: 'KEY', evidence: ['P'], pictures: [{ id: 'e1', grade: 'LIVE_CAMERA' }], finding: null })

/** The server as the browser's fetch sees it: it refuses a version it has already passed. */
class Server {
  puts: Body[] = []
  version = 0
  answer: ((body: Body) => Response) | null = null

  fetch = (_url: string, init: RequestInit): Promise<Response> => {
    if (init.method === 'PUT') return Promise.resolve(this.put(JSON.parse(String(init.body)) as Body))
    return Promise.resolve(Response.json({ id: 'i', version: 1 + this.version, items: [item('A')], abilities: [] }))
  }

  private put(body: Body): Response {
    this.puts.push(body)
    if (this.answer) return this.answer(body)
    if (body.version !== this.version) return Response.json({ code: 'stale_version', title: '旧', action: '' }, { status: 409 })
    this.version += 1
    return Response.json({ item: 'A', ...body, result_label: '', decided_at: '', decided_by: '', version: this.version })
  }
}

describe('findings of the workspace', () => {
  let server: Server
  beforeEach(() => {
    server = new Server()
    vi.stubGlobal('fetch', server.fetch)
    document.cookie = 'csrftoken=x'
  })

  it('cites the live pictures of the item and the version it knows', async () => {
    const findings = useInspection('i')
    await findings.source.reload()
    await findings.record('A', { result: 'CONFORMING' })
    expect(server.puts).toEqual([{ result: 'CONFORMING', note: '', evidence: ['e1'], version: 0 }])
    expect(findings.drafts['A']?.state).toBe('saved')
  })

  it('keeps anything but 符合 back until it says what was seen', async () => {
    const findings = useInspection('i')
    await findings.source.reload()
    await findings.record('A', { result: 'NON_CONFORMING' })
    expect(server.puts).toEqual([])
    expect(findings.drafts['A']?.state).toBe('note')
    await findings.record('A', { note: '无消毒柜' })
    expect(server.puts[0]).toMatchObject({ result: 'NON_CONFORMING', note: '无消毒柜' })
  })

  it('sends the last of two quick choices with the version learnt from the first', async () => {
    const findings = useInspection('i')
    await findings.source.reload()
    const first = findings.record('A', { result: 'CONFORMING' })
    await findings.record('A', { result: 'UNDETERMINED', note: '看不清' })
    await first
    await expect.poll(() => server.puts.at(-1)).toMatchObject({ result: 'UNDETERMINED', version: server.puts.length - 1 })
  })

  it('is settled once what was recorded is stored and the version of it is known', async () => {
    const findings = useInspection('i')
    await findings.source.reload()
    void findings.record('A', { result: 'CONFORMING' })
    await findings.settle()
    expect(findings.source.data.value?.version).toBe(2)
  })

  it('keeps a refusal beside the item', async () => {
    server.answer = () => Response.json({ code: 'key_item_needs_evidence', title: '没有证据', action: '请拍照' }, { status: 422 })
    const findings = useInspection('i')
    await findings.source.reload()
    await findings.record('A', { result: 'CONFORMING' })
    expect(findings.drafts['A']).toMatchObject({ state: 'refused', trouble: { title: '没有证据' } })
  })

  it('shows the newest when the other inspector was quicker', async () => {
    server.version = 4
    const findings = useInspection('i')
    await findings.source.reload()
    await findings.record('A', { result: 'CONFORMING' })
    expect(findings.drafts['A']?.trouble?.code).toBe('stale_version')
    expect(findings.items.value[0]?.finding).toBeNull()
  })
})
