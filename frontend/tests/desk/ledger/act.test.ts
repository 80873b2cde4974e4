import { describe, expect, it } from 'vitest'
import { Refusal } from '@/api/refusal'
import { useAct } from '@/desk/act'

function server(...answers: (Refusal | null)[]) {
  const keys: (string | undefined)[] = []
  const send = async <T>(_method: string, _path: string, _body: unknown, options: { intent?: string }): Promise<T> => {
    keys.push(options.intent)
    const answer = answers.shift()
    if (answer) throw answer
    return null as T
  }
  return { keys, sender: { send } }
}

describe('one write at a time', () => {
  it('keeps its key when the line was lost and the same is wished again', async () => {
    const { keys, sender } = server(Refusal.offline(), null)
    let read = 0
    const { act, trouble } = useAct(async () => void (read += 1), sender)
    expect(await act('/x', { a: 1 })).toBe(false)
    expect(trouble.value?.offline).toBe(true)
    expect(await act('/x', { a: 1 })).toBe(true)
    expect(keys[1]).toBe(keys[0])
    expect(trouble.value).toBeNull()
    expect(read).toBe(1)
  })

  it('takes a new key for another wish, and after it was done', async () => {
    const { keys, sender } = server(Refusal.offline(), null, null)
    const { act } = useAct(async () => undefined, sender)
    await act('/x', { a: 1 })
    await act('/x', { a: 2 })
    await act('/x', { a: 2 })
    expect(new Set(keys).size).toBe(3)
  })

  it('reads the page again when somebody was faster', async () => {
    const { sender } = server(new Refusal({ code: 'stale_version', status: 409, title: '已被别人改过', action: '' }))
    let read = 0
    const { act, trouble, busy } = useAct(async () => void (read += 1), sender)
    expect(await act('/x')).toBe(false)
    expect(trouble.value?.code).toBe('stale_version')
    expect(read).toBe(1)
    expect(busy.value).toBe(false)
  })
})
