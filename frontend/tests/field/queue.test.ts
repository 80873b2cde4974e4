// @vitest-environment node
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '@/api/refusal'
import { ActionQueue, type ActionSender } from '@/capture/actionqueue'
import type { NewAction } from '@/capture/actions'
import { DeviceTime } from '@/capture/devicetime'
import { KitDatabase, type KitStore } from '@/capture/kitstore'
import { StorageRoom } from '@/capture/room'

interface Told {
  path: string
  body: Record<string, unknown>
  intent: string
}

class Server implements ActionSender {
  readonly told: Told[] = []
  refuse: ((path: string) => Refusal | null) = () => null
  receipt: (sha256: string) => unknown = (sha256) => ({ id: 'e-1', sha256 })

  post(path: string, body: Record<string, unknown>, intent: string): Promise<unknown> {
    this.told.push({ path, body, intent })
    const refusal = this.refuse(path)
    return refusal ? Promise.reject(refusal) : Promise.resolve({ version: Number(body['version']) + 1 })
  }

  upload(path: string, form: FormData, intent: string): Promise<unknown> {
    this.told.push({ path, body: {}, intent })
    const refusal = this.refuse(path)
    return refusal ? Promise.reject(refusal) : Promise.resolve(this.receipt(String(form.get('sha256'))))
  }
}

const changed = () => Refusal.of(409, { code: 'order_changed', title: '变了', action: '看最新', fields: { order: { version: 9 } } })
const step = (path: string, lane = 'order:1'): NewAction => ({ lane, kind: path, path, body: {}, subject: lane, version: 3, about: { order: '1' } })
const photo = (lane = 'files:1'): NewAction => ({ lane, kind: 'file', path: 'photo', body: {}, subject: null, version: null, about: {}, file: { blob: new Blob(['bytes'], { type: 'image/jpeg' }), name: 'a.jpg', fields: {} } })

describe('ActionQueue', () => {
  let server: Server
  let store: KitStore
  let queue: ActionQueue
  let counter = 0

  beforeEach(async () => {
    server = new Server()
    counter += 1
    store = await (await KitDatabase.open(`queue-${counter}`)).of('staff-1')
    queue = life()
  })

  function life(): ActionQueue {
    const room = new StorageRoom(undefined)
    return new ActionQueue({ sender: server, store, room, time: new DeviceTime('b', 0), events: { changed: () => undefined, taken: () => ({}), left: () => undefined }, wait: () => Promise.resolve(), settling: { mandate_missing: 'paper' } })
  }

  it('tells each step of a chain with the version the step before was answered', async () => {
    server.refuse = () => Refusal.of(401, { code: 'sign_in_needed' })
    for (const verb of ['accept', 'depart', 'arrive']) await queue.add(step(verb))
    await queue.settled()
    expect(queue.line).toBe('signed_out')
    server.refuse = () => null
    server.told.length = 0
    queue.retryNow()
    await queue.settled()
    expect(server.told.map(({ path, body }) => [path, body['version']])).toEqual([['accept', 3], ['depart', 4], ['arrive', 5]])
    expect(queue.pending).toHaveLength(0)
  })

  it('stops only the lane of what was refused, and keeps it over a new life of the page', async () => {
    server.refuse = (path) => (path === 'depart' ? changed() : null)
    await queue.add(step('depart'))
    await queue.add(step('arrive'))
    await queue.add(step('other', 'order:2'))
    await queue.settled()
    expect(server.told.map(({ path }) => path)).toEqual(['depart', 'other'])
    queue.close()
    queue = life()
    await queue.resume()
    await queue.settled()
    expect(queue.pending.map(({ path, state }) => [path, state])).toEqual([['depart', 'conflict'], ['arrive', 'waiting']])
    expect(queue.pending[0]?.refusal?.code).toBe('order_changed')
  })

  it('keeps an arrival behind the photo that proves it, however often that fails', async () => {
    let lost = 2
    server.refuse = (path) => (path === 'photo' && lost-- > 0 ? Refusal.of(0, { code: 'client_offline' }) : null)
    await queue.add(photo('order:1'))
    await queue.add(step('arrive'))
    await queue.settled()
    expect(server.told.map(({ path }) => path)).toEqual(['photo', 'photo', 'photo', 'arrive'])
    expect(new Set(server.told.slice(0, 3).map(({ intent }) => intent)).size).toBe(1)
    server.refuse = (path) => (path === 'photo' ? Refusal.of(422, { code: 'evidence_rejected' }) : null)
    await queue.add(photo('order:2'))
    await queue.add(step('arrive', 'order:2'))
    await queue.settled()
    expect(queue.pending.map(({ path, state }) => [path, state])).toEqual([['photo', 'conflict'], ['arrive', 'waiting']])
  })

  it('submits again on the latest state under a new key, and what waited behind goes on', async () => {
    server.refuse = () => changed()
    const id = await queue.add(step('depart'))
    await queue.add(step('arrive'))
    await queue.settled()
    server.refuse = () => null
    await queue.retryOn(id, 9)
    await queue.settled()
    const [first, again, behind] = server.told
    expect(again).toMatchObject({ path: 'depart', body: { version: 9 } })
    expect(again?.intent).not.toBe(first?.intent)
    expect(behind).toMatchObject({ path: 'arrive', body: { version: 10 } })
  })

  it('waits for what the server is still working on, and for nothing else', async () => {
    let early = 3
    server.refuse = (path) => (path === 'step' && early-- > 0 ? Refusal.of(409, { code: 'mandate_missing' }) : null)
    await queue.add({ ...step('sign'), kind: 'paper' })
    await queue.add(step('step'))
    await queue.settled()
    expect(queue.pending).toHaveLength(0)
    server.refuse = () => Refusal.of(409, { code: 'mandate_missing' })
    await queue.add({ ...step('step', 'order:2'), about: { order: '2' } })
    await queue.settled()
    expect(queue.pending[0]?.state).toBe('conflict')
  })

  it('throws nothing away silently: what was given up leaves a trace', async () => {
    server.refuse = () => changed()
    const id = await queue.add(step('depart'))
    await queue.settled()
    expect(await store.wipe()).toBe(false)
    await queue.drop(id)
    expect((await queue.history())[0]).toMatchObject({ id, outcome: 'dropped' })
    const late = store.keep('pack 2026-11-23', { late: true })
    expect(await store.wipe()).toBe(true)
    await late
    await store.keep('pack 2026-11-24', { later: true })
    expect(await store.kept('pack 2026-11-23')).toBeNull()
    expect(await store.kept('pack 2026-11-24')).toBeNull()
  })

  it('keeps a file until the receipt names its digest', async () => {
    server.receipt = () => ({ id: 'e-1', sha256: 'something else' })
    const id = await queue.add(photo())
    await queue.settled()
    expect(queue.pending[0]?.refusal?.code).toBe('client_receipt_mismatch')
    expect(await (await queue.picture(id))?.text()).toBe('bytes')
    server.receipt = (sha256) => ({ id: 'p-1', sha256: 'of the paper', sheet_sha256: sha256 })
    await queue.retryOn(id, null)
    await queue.settled()
    expect(queue.pending).toHaveLength(0)
    expect(await store.file(id)).toBeNull()
    expect(new Set(server.told.map(({ intent }) => intent)).size).toBe(1)
  })

  it('shows one person’s work to nobody else on the same phone', async () => {
    server.refuse = () => Refusal.offline()
    const database = await KitDatabase.open(`shared-${counter}`)
    const mine = await database.of('staff-1')
    await mine.add('a', { secret: '张桂兰' })
    const theirs = await database.of('staff-2')
    expect((await theirs.actions()).kept).toHaveLength(0)
    expect(await database.foreignActions('staff-2')).toBe(1)
    expect((await (await database.of('staff-1')).actions<{ secret: string }>()).kept[0]?.value.secret).toBe('张桂兰')
  })
})
