import { beforeEach, describe, expect, it } from 'vitest'
import 'fake-indexeddb/auto'
import { Refusal } from '@/api/refusal'
import type { EvidenceUpload } from '@/api/join'
import type { UploadedRef } from '@/api/types'
import { UploadOutbox, type UploadStatus } from '@/capture/outbox'
import { BrowserStore, MemoryStore, type PendingStore } from '@/capture/store'

const photo = (text: string) => new Blob([text], { type: 'image/jpeg' })
const SHA_OF_A = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'

describe('UploadOutbox', () => {
  let sent: { upload: EvidenceUpload; intent: string | undefined }[]
  let answers: (Refusal | null)[]
  let stored: UploadedRef[]
  let refused: string[]
  let waits: number
  let idle: Promise<void>
  let isIdle: () => void

  beforeEach(() => {
    sent = []
    answers = []
    stored = []
    refused = []
    waits = 0
    idle = new Promise((resolve) => {
      isIdle = resolve
    })
  })

  function outbox(store: PendingStore, expected: number): UploadOutbox {
    return new UploadOutbox(
      {
        uploadEvidence: (upload, options) => {
          sent.push({ upload, intent: options?.intent })
          options?.onProgress?.(1, 2)
          const refusal = answers.shift()
          if (refusal) return Promise.reject(refusal)
          return Promise.resolve({ id: `evidence-${sent.length}`, item: upload.item ?? null } as UploadedRef)
        },
      },
      store,
      'KY-1',
      {
        changed: () => undefined,
        stored: (evidence) => {
          stored.push(evidence)
          if (stored.length + refused.length === expected) isIdle()
        },
        refused: (refusal) => {
          refused.push(refusal.code)
          if (stored.length + refused.length === expected) isIdle()
        },
      },
      () => {
        waits += 1
        return Promise.resolve()
      },
    )
  }

  it('sends a photo with the digest of its bytes, and forgets it when the server has it', async () => {
    const store = new MemoryStore()
    const box = outbox(store, 1)
    await box.add({ blob: photo('a'), purpose: 'PRE_SURVEY', item: 'CY01' })
    await idle
    expect(sent[0]?.upload).toMatchObject({ sha256: SHA_OF_A, purpose: 'PRE_SURVEY', item: 'CY01', name: 'CY01.jpg' })
    expect(box.uploads).toEqual([])
    expect(await store.of('KY-1')).toEqual([])
  })

  it('sends again under the same key until the network carries it', async () => {
    answers = [Refusal.offline(), Refusal.of(503, null), null]
    await outbox(new MemoryStore(), 1).add({ blob: photo('a'), purpose: 'PRE_SURVEY' })
    await idle
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map((one) => one.intent)).size).toBe(1)
    expect(waits).toBe(2)
  })

  it('keeps a refused photo in sight and goes on with the next', async () => {
    answers = [Refusal.of(415, { code: 'media_unsupported' }), null]
    const box = outbox(new MemoryStore(), 2)
    await Promise.all([box.add({ blob: photo('a'), purpose: 'PRE_SURVEY' }), box.add({ blob: photo('b'), purpose: 'PRE_SURVEY' })])
    await idle
    expect(refused).toEqual(['media_unsupported'])
    expect(stored).toHaveLength(1)
    expect(box.uploads.map((upload: UploadStatus) => upload.state)).toEqual(['refused'])
  })

  it('sends what an earlier page left in the browser', async () => {
    const store = new BrowserStore()
    const before = outbox(store, 99)
    before.close()
    await store.put({ id: 'left-over', owner: 'KY-1', purpose: 'PRE_SURVEY', item: 'CY02', request: null, taken_at: '2026-06-03T06:00:00Z', sha256: SHA_OF_A, name: 'CY02.jpg', blob: photo('a'), added: 1 })
    await store.put({ id: 'of-another', owner: 'KY-2', purpose: 'PRE_SURVEY', item: 'CY02', request: null, taken_at: '2026-06-03T06:00:00Z', sha256: SHA_OF_A, name: 'CY02.jpg', blob: photo('a'), added: 2 })
    await outbox(store, 1).resume()
    await idle
    expect(sent.map((one) => one.intent)).toEqual(['left-over'])
    expect((await store.of('KY-2')).map((upload) => upload.id)).toEqual(['of-another'])
  })

  it('sends the still that somebody waits for before the others', async () => {
    const store = new MemoryStore()
    for (const [id, purpose] of [['1', 'PRE_SURVEY'], ['2', 'PRE_SURVEY'], ['3', 'STILL']] as const)
      await store.put({ id, owner: 'KY-1', purpose, item: null, request: null, taken_at: '', sha256: SHA_OF_A, name: 'x.jpg', blob: photo('a'), added: Number(id) })
    await outbox(store, 3).resume()
    await idle
    expect(sent.map((one) => one.intent)).toEqual(['3', '1', '2'])
  })
})
