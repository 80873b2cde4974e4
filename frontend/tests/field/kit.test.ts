// @vitest-environment node
import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { Refusal } from '@/api/refusal'
import { ActionQueue, type ActionSender } from '@/capture/actionqueue'
import type { NewAction } from '@/capture/actions'
import { DeviceTime } from '@/capture/devicetime'
import { hexDigest } from '@/capture/digest'
import { KitDatabase } from '@/capture/kitstore'
import { StorageRoom } from '@/capture/room'

const FILES = 1000
const QUOTA = 60 * 1024 * 1024

/** Takes each key once, as the real server does, and fails in every way a line can fail. */
class FakeServer implements ActionSender {
  readonly effects = new Map<string, string>()
  readonly order: string[] = []
  repeated = 0
  online = true
  crash: (() => void) | null = null
  private readonly said = new Map<string, string>()
  private readonly answers = new Map<string, unknown>()
  private calls = 0

  post(path: string, body: Record<string, unknown>, intent: string, signal: AbortSignal): Promise<unknown> {
    return this.answer(path, JSON.stringify(body), intent, signal, () => ({ version: Number(body['version'] ?? 0) + 1 }))
  }

  async upload(path: string, form: FormData, intent: string, signal: AbortSignal): Promise<unknown> {
    const file = form.get('file') as File
    const sha256 = await hexDigest(await file.arrayBuffer())
    const content = `${String(form.get('sha256'))} ${String(form.get('taken_at'))}`
    return this.answer(path, content, intent, signal, () => ({ id: intent, sha256, number: this.order.length }))
  }

  private async answer(path: string, content: string, intent: string, signal: AbortSignal, make: () => unknown): Promise<unknown> {
    this.calls += 1
    const turn = this.calls
    await Promise.resolve()
    if (!this.online || turn % 17 === 0) throw Refusal.offline()
    if (turn % 29 === 0) throw Refusal.of(503, null)
    const before = this.said.get(intent)
    if (before !== undefined && before !== content) throw Refusal.of(422, { code: 'idempotency_key_reused' })
    if (before === undefined) {
      this.said.set(intent, content)
      this.effects.set(intent, path)
      this.order.push(intent)
      this.answers.set(intent, make())
    } else {
      this.repeated += 1
    }
    // The effect is there; the answer gets lost, or the phone dies before it is read.
    if (turn % 23 === 0) throw Refusal.offline()
    if (turn % 41 === 0) this.crash?.()
    if (signal.aborted) throw Refusal.aborted()
    return this.answers.get(intent)
  }
}

describe('the offline kit', () => {
  it(`brings ${FILES} files through crashes, offline spells and a full phone: none lost, none doubled`, { timeout: 240_000 }, async () => {
    const server = new FakeServer()
    const database = await KitDatabase.open('kit-thousand')
    const store = await database.of('staff-1')
    const digests = new Map<string, string>()
    let stored = 0
    let refusedForRoom = 0
    let crashes = 0
    let spells = 0
    let queue = await life()

    async function life(): Promise<ActionQueue> {
      const made: ActionQueue = new ActionQueue({
        sender: server,
        store,
        room: new StorageRoom({ estimate: () => Promise.resolve({ usage: stored, quota: QUOTA }) }),
        time: new DeviceTime(`boot-${crashes}`, 0),
        events: { changed: () => undefined, left: () => undefined, taken: (action) => { stored -= action.file?.size ?? 0; return {} } },
        wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
      })
      await made.resume()
      server.crash = () => made.close()
      return made
    }
    async function revive(): Promise<void> {
      queue.close()
      await queue.settled()
      crashes += 1
      queue = await life()
    }
    async function drained(): Promise<void> {
      for (let turns = 0; turns < 500 && queue.pending.length > 0; turns += 1) {
        await Promise.race([queue.settled(), new Promise((resolve) => setTimeout(resolve, 200))])
        if (queue.pending.length > 0 && isClosed(queue)) await revive()
      }
    }

    for (let n = 0; n < FILES; n += 1) {
      if (n % 100 === 40) { server.online = false; spells += 1 }
      if (n % 100 === 80) { server.online = true; queue.retryNow() }
      if (n % 37 === 36) await revive()
      const bytes = new Uint8Array(1024 + (n % 50) * 64).fill(n % 251)
      new DataView(bytes.buffer).setUint32(0, n)
      const file = new Blob([bytes], { type: 'image/jpeg' })
      if (n === 500) {
        // The phone is full: the capture is refused with a sentence, nothing half-written stays, steps still fit.
        const usage = stored
        stored = QUOTA - 7 * 1024 * 1024 + 5 * 1024 * 1024
        await expect(queue.add(photo(n, file))).rejects.toMatchObject({ code: 'client_storage_full' })
        await queue.add(step(`full-${n}`))
        refusedForRoom += 1
        stored = usage
      }
      const id = await queue.add(photo(n, file))
      stored += bytes.byteLength
      digests.set(id, await hexDigest(bytes.buffer))
      if (n % 10 === 9) await queue.add(step(String(n)))
      if (n === 250) {
        // Killed between the write and the next breath: what add() returned must be there.
        await revive()
        expect(queue.pending.some((action) => action.id === id) || server.effects.has(id)).toBe(true)
      }
    }
    server.online = true
    queue.retryNow()
    await drained()

    const files = [...server.effects].filter(([, path]) => path.endsWith('/files')).map(([id]) => id)
    const receipts = (await queue.history()).filter((trace) => trace.receipt)
    const lost = [...digests.keys()].filter((id) => !server.effects.has(id)).length
    const doubled = files.length - new Set(receipts.map((trace) => trace.receipt?.sha256)).size
    process.stdout.write(
      `offline kit: ${digests.size} files, ${crashes} crashes, ${spells} offline spells, ${refusedForRoom} refusal for a full phone, ` +
        `${server.repeated} repeated requests → ${lost} lost, ${doubled} doubled\n`,
    )
    expect(digests.size).toBe(FILES)
    expect(lost).toBe(0)
    expect(files.length).toBe(FILES)
    expect(doubled).toBe(0)
    expect(receipts.every((trace) => digests.get(trace.id) === trace.receipt?.sha256)).toBe(true)
    expect(queue.pending).toHaveLength(0)
    expect(crashes).toBeGreaterThan(20)
    expect(server.repeated).toBeGreaterThan(10)
    // In each lane what was done first was told first.
    const stepsTold = server.order.filter((id) => server.effects.get(id)?.includes('/steps/')).map((id) => server.effects.get(id))
    expect(stepsTold).toEqual([...stepsTold].sort((a, b) => place(a) - place(b)))
    expect(await store.wipe()).toBe(true)
  })
})

function isClosed(queue: ActionQueue): boolean {
  return (queue as unknown as { stop: AbortController }).stop.signal.aborted
}

function place(path: string | undefined): number {
  return Number(/(\d+)$/.exec(path ?? '')?.[1])
}

function photo(n: number, blob: Blob): NewAction {
  return {
    lane: 'files:d-1', kind: 'file', path: '/field/delegations/d-1/files', body: {}, subject: null, version: null,
    about: { title: `第 ${n} 张` }, file: { blob, name: `${n}.jpg`, fields: { purpose: 'VISIT' } },
  }
}

function step(name: string): NewAction {
  return { lane: 'order:o-1', kind: 'step', path: `/field/delegations/d-1/steps/${name}`, body: {}, subject: 'delegation:d-1', version: 1, about: { title: name } }
}
