import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { UploadPurpose } from '@/api/types'

/** A photo that has not reached the server yet. */
export interface PendingUpload {
  /** The key of the intent: the same for every try, so that the server takes it once. */
  id: string
  /** Number of the case: a phone may hold photos of more than one. */
  owner: string
  purpose: UploadPurpose
  item: string | null
  request: string | null
  taken_at: string
  sha256: string
  name: string
  blob: Blob
  added: number
}

export interface PendingStore {
  put(upload: PendingUpload): Promise<void>
  remove(id: string): Promise<void>
  of(owner: string): Promise<PendingUpload[]>
}

interface Schema extends DBSchema {
  pending: { key: string; value: PendingUpload; indexes: { owner: string } }
}

/** Unsent photos in the browser's database: a reload or an empty battery loses none. */
export class BrowserStore implements PendingStore {
  private db: Promise<IDBPDatabase<Schema>> | null = null

  async put(upload: PendingUpload): Promise<void> {
    await (await this.open()).put('pending', upload)
  }

  async remove(id: string): Promise<void> {
    await (await this.open()).delete('pending', id)
  }

  async of(owner: string): Promise<PendingUpload[]> {
    const all = await (await this.open()).getAllFromIndex('pending', 'owner', owner)
    return all.sort((a, b) => a.added - b.added)
  }

  private open(): Promise<IDBPDatabase<Schema>> {
    this.db ??= openDB<Schema>('fieldsvc-capture', 1, {
      upgrade(db) {
        db.createObjectStore('pending', { keyPath: 'id' }).createIndex('owner', 'owner')
      },
    })
    return this.db
  }
}

/** For browsers that give no database (private windows of older ones): as good as memory can be. */
export class MemoryStore implements PendingStore {
  private readonly kept = new Map<string, PendingUpload>()

  async put(upload: PendingUpload): Promise<void> {
    this.kept.set(upload.id, upload)
  }

  async remove(id: string): Promise<void> {
    this.kept.delete(id)
  }

  async of(owner: string): Promise<PendingUpload[]> {
    return [...this.kept.values()].filter((upload) => upload.owner === owner).sort((a, b) => a.added - b.added)
  }
}
