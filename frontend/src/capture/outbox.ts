import { backOff, newIntent } from '@/api/client'
import type { EvidenceUpload, JoinApi } from '@/api/join'
import { Refusal } from '@/api/refusal'
import type { UploadedRef, UploadPurpose } from '@/api/types'
import { sha256Hex } from './digest'
import { fileName } from './still'
import type { PendingStore, PendingUpload } from './store'

export type UploadState = 'waiting' | 'sending' | 'retrying' | 'refused'

/** What the screen shows of one unsent photo. */
export interface UploadStatus {
  id: string
  purpose: UploadPurpose
  item: string | null
  request: string | null
  blob: Blob
  state: UploadState
  /** From 0 to 1. */
  progress: number
  refusal: Refusal | null
}

export interface NewUpload {
  blob: Blob
  purpose: UploadPurpose
  item?: string | null
  request?: string | null
  taken_at?: string
}

export interface OutboxEvents {
  changed: (uploads: UploadStatus[]) => void
  stored: (evidence: UploadedRef, upload: UploadStatus) => void
  refused: (refusal: Refusal, upload: UploadStatus) => void
}

interface Entry extends PendingUpload {
  state: UploadState
  progress: number
  refusal: Refusal | null
}

/**
 * Photos on their way to the server: first kept on the phone, then sent one after the other until the server has them.
 * Only a refusal that will not change by itself stops one; it stays in sight until the person removes it.
 */
export class UploadOutbox {
  private readonly entries = new Map<string, Entry>()
  private readonly stop = new AbortController()
  private working = false
  private attempt = 0
  private wake: () => void = () => undefined

  constructor(
    private readonly api: Pick<JoinApi, 'uploadEvidence'>,
    private readonly store: PendingStore,
    private readonly owner: string,
    private readonly events: OutboxEvents,
    private readonly wait: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  ) {}

  /** Takes up again what an earlier page could not send. */
  async resume(): Promise<void> {
    for (const upload of await this.store.of(this.owner)) this.entries.set(upload.id, fresh(upload))
    this.changed()
    void this.work()
  }

  async add(upload: NewUpload): Promise<string> {
    const id = newIntent()
    const entry = fresh({
      id,
      owner: this.owner,
      purpose: upload.purpose,
      item: upload.item ?? null,
      request: upload.request ?? null,
      taken_at: upload.taken_at ?? new Date().toISOString(),
      sha256: await sha256Hex(upload.blob),
      name: fileName(upload.blob, upload.item ?? 'photo'),
      blob: upload.blob,
      added: Date.now(),
    })
    this.entries.set(id, entry)
    this.changed()
    await this.store.put(kept(entry))
    void this.work()
    return id
  }

  async remove(id: string): Promise<void> {
    this.entries.delete(id)
    this.changed()
    await this.store.remove(id)
  }

  /** The network is back, or the person pressed 重试. */
  retryNow(): void {
    for (const entry of this.entries.values()) if (entry.state === 'refused') entry.state = 'waiting'
    this.wake()
    void this.work()
  }

  close(): void {
    this.stop.abort()
  }

  get uploads(): UploadStatus[] {
    return [...this.entries.values()].map(status)
  }

  private async work(): Promise<void> {
    if (this.working) return
    this.working = true
    try {
      for (let entry = this.next(); entry && !this.stop.signal.aborted; entry = this.next()) await this.sendOne(entry)
    } finally {
      this.working = false
    }
  }

  /** Stills of the running call go first: somebody is waiting for them. */
  private next(): Entry | undefined {
    const open = [...this.entries.values()].filter((entry) => entry.state !== 'refused')
    return open.find((entry) => entry.purpose === 'STILL') ?? open[0]
  }

  private async sendOne(entry: Entry): Promise<void> {
    entry.state = 'sending'
    entry.progress = 0
    this.changed()
    try {
      const evidence = await this.api.uploadEvidence(asEvidence(entry), {
        intent: entry.id,
        signal: this.stop.signal,
        onProgress: (sent, total) => {
          entry.progress = total > 0 ? sent / total : 0
          this.changed()
        },
      })
      this.attempt = 0
      this.entries.delete(entry.id)
      await this.store.remove(entry.id)
      this.changed()
      this.events.stored(evidence, status(entry))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await this.failed(entry, error)
    }
  }

  private async failed(entry: Entry, refusal: Refusal): Promise<void> {
    if (refusal.code === 'client_aborted') return
    const again = refusal.temporary || refusal.status === 429 || refusal.status >= 500
    entry.state = again ? 'retrying' : 'refused'
    entry.refusal = refusal
    this.changed()
    if (!again) {
      this.events.refused(refusal, status(entry))
      return
    }
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve
    })
    await Promise.race([this.wait(backOff(this.attempt)), woken])
    this.attempt += 1
  }

  private changed(): void {
    this.events.changed(this.uploads)
  }
}

function fresh(upload: PendingUpload): Entry {
  return { ...upload, state: 'waiting', progress: 0, refusal: null }
}

function kept(entry: Entry): PendingUpload {
  const { id, owner, purpose, item, request, taken_at, sha256, name, blob, added } = entry
  return { id, owner, purpose, item, request, taken_at, sha256, name, blob, added }
}

function status(entry: Entry): UploadStatus {
  const { id, purpose, item, request, blob, state, progress, refusal } = entry
  return { id, purpose, item, request, blob, state, progress, refusal }
}

function asEvidence(entry: Entry): EvidenceUpload {
  return {
    file: entry.blob,
    name: entry.name,
    sha256: entry.sha256,
    purpose: entry.purpose,
    taken_at: entry.taken_at,
    ...(entry.item ? { item: entry.item } : {}),
    ...(entry.request ? { request: entry.request } : {}),
  }
}
