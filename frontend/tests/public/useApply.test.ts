import { describe, expect, it } from 'vitest'
import { Refusal } from '@/api/refusal'
import type { Registered } from '@/public/api'
import { storeOf } from '@/public/keep'
import { useApply } from '@/public/useApply'
import type { Wish } from '@/public/wish'

const MADE: Registered = { number: 'DB-2026-000007', bureau_phone: '0533-6190000', registered_at: '', callback_due_at: null, due_at: '' }

class Shelf {
  readonly kept = new Map<string, string>()
  getItem = (name: string) => this.kept.get(name) ?? null
  setItem = (name: string, value: string) => void this.kept.set(name, value)
  removeItem = (name: string) => void this.kept.delete(name)
}

function scene(...answers: (Refusal | Registered)[]) {
  const shelf = new Shelf()
  const sent: { wish: Wish; intent: string }[] = []
  let now = 0
  const open = () =>
    useApply(storeOf('370306', () => shelf as unknown as Storage, () => now), async (wish, intent) => {
      sent.push({ wish, intent })
      const answer = answers.shift() ?? MADE
      if (answer instanceof Refusal) throw answer
      return answer
    })
  return { shelf, sent, open, later: (ms: number) => (now += ms) }
}

function fill(call: ReturnType<typeof useApply>): ReturnType<typeof useApply> {
  Object.assign(call.draft, { phone: '13805331234', contact: '李申请', items: ['SBK'], address: '新建东路 66 号', agreed: true })
  return call
}

const refused = (code: string, fields = {}, status = 409) => new Refusal({ code, status, fields })

describe('the form of a citizen', () => {
  it('is there again after a reload, and gone after a day', () => {
    const { open, later } = scene()
    fill(open())
    expect(open().draft.address).toBe('新建东路 66 号')
    later(23 * 3_600_000)
    expect(open().draft.phone).toBe('13805331234')
    later(3_600_001)
    expect(open().draft.phone).toBe('')
  })

  it('is sent by nobody but the person, and leaves the phone once it is registered', async () => {
    const { open, sent, shelf } = scene()
    const call = fill(open())
    expect(sent).toEqual([])
    expect(await call.submit([])).toBe(true)
    expect(call.done.value?.registered.number).toBe('DB-2026-000007')
    expect([...shelf.kept.values()].join()).not.toContain('13805331234')
    expect(open().last.value?.registered.number).toBe('DB-2026-000007')
  })

  it('keeps its key over a lost line and a reload, so that it cannot be registered twice', async () => {
    const { open, sent } = scene(Refusal.offline())
    expect(await fill(open()).submit([])).toBe(false)
    const again = open()
    expect(again.pending.value).not.toBeNull()
    expect(await again.submit([])).toBe(true)
    expect(sent[1]).toEqual(sent[0])
  })

  it('does nothing at a second tap', async () => {
    const { open, sent } = scene()
    const call = fill(open())
    const [first, second] = await Promise.all([call.submit([]), call.submit([])])
    expect([first, second, sent.length]).toEqual([true, false, 1])
  })

  it('takes a new key for other words and after a refusal', async () => {
    const { open, sent } = scene(Refusal.offline(), refused('intake_throttled', {}, 429))
    const call = fill(open())
    await call.submit([])
    call.draft.wish = '社保卡丢了'
    await call.submit([])
    expect(call.pending.value).toBeNull()
    await call.submit([])
    expect(new Set(sent.map((one) => one.intent)).size).toBe(3)
  })

  it('asks again with the same key while the first is still being handled', async () => {
    const { open, sent } = scene(refused('idempotency_in_progress'))
    const call = fill(open())
    await call.submit([])
    expect(await call.submit([])).toBe(true)
    expect(sent[1]?.intent).toBe(sent[0]?.intent)
  })

  it('goes on past a duplicate only when the person says so', async () => {
    const { open, sent } = scene(refused('possible_duplicate', { existing: [] }), Refusal.offline())
    const call = fill(open())
    await call.submit([])
    expect(call.duplicate.value).toBe(true)
    await call.submit([], true)
    expect(await open().submit([])).toBe(true)
    expect(sent.map((one) => one.wish.not_duplicate)).toEqual([false, true, true])
    expect(sent[2]?.intent).toBe(sent[1]?.intent)
  })

  it('takes a complaint back where something was put right, and nowhere else', async () => {
    const { open } = scene(refused('delegation_invalid', { errors: { address: '请填写上门地址', preferred: '希望的时间已经过去' } }, 422))
    const call = fill(open())
    await call.submit([])
    expect(Object.keys(call.wrong.value)).toEqual(['address', 'when'])
    call.draft.address = '新建东路 66 号 2 号楼'
    expect(call.wrong.value).toEqual({ when: '希望的时间已经过去' })
  })

  it('says so where the browser keeps nothing', () => {
    const nothing = (): Storage => {
      throw new DOMException('denied', 'SecurityError')
    }
    const call = fill(useApply(storeOf('370306', nothing), async () => MADE))
    expect(call.keeps.value).toBe(false)
  })
})
