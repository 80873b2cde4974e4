import { describe, expect, it } from 'vitest'
import { Refusal } from '@/api/refusal'
import { useResource } from '@/desk/resource'
import { expiries } from '@/desk/session'

describe('a thing read from the server', () => {
  it('turns a burst of wishes into one more read', async () => {
    let reads = 0
    const release: (() => void)[] = []
    const thing = useResource(() => {
      reads += 1
      return new Promise<number>((resolve) => release.push(() => resolve(reads)))
    })
    const first = thing.reload()
    void thing.reload()
    void thing.reload()
    release[0]?.()
    await expect.poll(() => release.length).toBe(2)
    release[1]?.()
    await first
    expect(reads).toBe(2)
    expect(thing.data.value).toBe(2)
  })

  it('keeps what it has and says what is wrong when a read fails', async () => {
    const answers = [() => Promise.resolve('old'), () => Promise.reject(Refusal.offline())]
    const thing = useResource(() => answers.shift()?.() ?? Promise.resolve('new'))
    await thing.reload()
    await thing.reload()
    expect(thing.data.value).toBe('old')
    expect(thing.trouble.value?.offline).toBe(true)
    await thing.reload()
    expect(thing.trouble.value).toBeNull()
  })

  it('does not count an expiry when nobody was signed in', async () => {
    const thing = useResource(() => Promise.reject(new Refusal({ code: 'sign_in_needed', status: 401 })))
    await thing.reload()
    expect(thing.trouble.value?.code).toBe('sign_in_needed')
    expect(expiries.value).toBe(0)
  })
})
