import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { isQuotaError, storageFull } from './room'
import { makeKey, Vault, type Sealed } from './vault'

interface Row {
  staff: string
  sealed: Sealed
}

interface ActionRow extends Row {
  seq?: number
  id: string
}

interface KeyedRow extends Row {
  key: string
}

interface Schema extends DBSchema {
  keys: { key: string; value: { staff: string; key: CryptoKey } }
  actions: { key: number; value: ActionRow; indexes: { staff: string } }
  files: { key: string; value: KeyedRow; indexes: { staff: string } }
  cache: { key: string; value: KeyedRow; indexes: { staff: string } }
  plain: { key: string; value: unknown }
}

export interface Kept<T> {
  seq: number
  value: T
}

/** What one write settles: everything of it or nothing. */
export interface Settlement {
  /** Actions that are over. */
  remove: { seq: number; id: string }[]
  /** Sealed values to keep, by key. */
  keep?: Record<string, unknown>
}

const OWNED = ['actions', 'files', 'cache'] as const

/** The delegate's database on this phone. Everything but the name of who is signed in is sealed. */
export class KitDatabase {
  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  static async open(name = 'fieldsvc-field'): Promise<KitDatabase> {
    const db = await openDB<Schema>(name, 1, {
      upgrade(made) {
        made.createObjectStore('keys', { keyPath: 'staff' })
        made.createObjectStore('actions', { keyPath: 'seq', autoIncrement: true }).createIndex('staff', 'staff')
        made.createObjectStore('files', { keyPath: 'key' }).createIndex('staff', 'staff')
        made.createObjectStore('cache', { keyPath: 'key' }).createIndex('staff', 'staff')
        made.createObjectStore('plain')
      },
      blocking(_now, _next, event) {
        ;(event.target as IDBDatabase).close()
      },
    })
    return new KitDatabase(db)
  }

  /** The store of one person: with a key of its own, made at the first sign-in on this phone. */
  async of(staff: string): Promise<KitStore> {
    const fresh = await makeKey()
    const keys = this.db.transaction('keys', 'readwrite')
    const known = await keys.store.get(staff)
    if (!known) await keys.store.put({ staff, key: fresh })
    await keys.done
    return new KitStore(this.db, staff, new Vault(known?.key ?? fresh, staff))
  }

  async plain<T>(key: string): Promise<T | undefined> {
    return (await this.db.get('plain', key)) as T | undefined
  }

  async setPlain(key: string, value: unknown): Promise<void> {
    await this.db.put('plain', value, key)
  }

  /** How many unsent actions of other people this phone keeps, sealed. */
  async foreignActions(staff: string): Promise<number> {
    const all = await this.db.count('actions')
    return all - (await this.db.countFromIndex('actions', 'staff', staff))
  }

  close(): void {
    this.db.close()
  }
}

/** One person's share of the database. A write that returned has been committed to the disk's transaction log. */
export class KitStore {
  private wiped = false

  constructor(
    private readonly db: IDBPDatabase<Schema>,
    readonly staff: string,
    private readonly vault: Vault,
  ) {}

  /** Keeps an action with its file, or neither. Returns its place in the order. */
  async add(id: string, action: unknown, file?: ArrayBuffer): Promise<number> {
    const sealed = await this.vault.sealValue(action, `action ${id}`)
    const box = file ? await this.vault.seal(file, `file ${id}`) : null
    if (this.wiped) throw new Error('signed out on this phone')
    return this.write(async () => {
      const change = this.db.transaction(['actions', 'files'], 'readwrite', { durability: 'strict' })
      const seq = change.objectStore('actions').add({ staff: this.staff, id, sealed })
      if (box) void change.objectStore('files').put({ key: id, staff: this.staff, sealed: box })
      await change.done
      return seq
    })
  }

  async replace(seq: number, id: string, action: unknown): Promise<void> {
    const sealed = await this.vault.sealValue(action, `action ${id}`)
    await this.write(() => this.db.put('actions', { seq, staff: this.staff, id, sealed }))
  }

  /** All unsent actions in the order they were done, and how many could not be read. */
  async actions<T>(): Promise<{ kept: Kept<T>[]; unreadable: number }> {
    const rows = await this.db.getAllFromIndex('actions', 'staff', this.staff)
    const opened = await Promise.allSettled(
      rows.map(async (row) => ({ seq: row.seq ?? 0, value: await this.vault.openValue<T>(row.sealed, `action ${row.id}`) })),
    )
    const kept = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    return { kept: kept.sort((a, b) => a.seq - b.seq), unreadable: opened.length - kept.length }
  }

  async file(id: string): Promise<ArrayBuffer | null> {
    const row = await this.db.get('files', id)
    return row ? this.vault.open(row.sealed, `file ${id}`) : null
  }

  /** Takes actions with their files away and keeps what came of them, in one step. */
  async settle({ remove, keep = {} }: Settlement): Promise<void> {
    const rows = await Promise.all(
      Object.entries(keep).map(async ([key, value]) => ({ key: this.key(key), staff: this.staff, sealed: await this.vault.sealValue(value, key) })),
    )
    // A reading that was on its way when the person signed out must leave nothing behind.
    if (this.wiped) return
    await this.write(async () => {
      const change = this.db.transaction(['actions', 'files', 'cache'], 'readwrite', { durability: 'strict' })
      for (const { seq, id } of remove) {
        void change.objectStore('actions').delete(seq)
        void change.objectStore('files').delete(id)
      }
      for (const row of rows) void change.objectStore('cache').put(row)
      await change.done
    })
  }

  async keep(key: string, value: unknown): Promise<void> {
    await this.settle({ remove: [], keep: { [key]: value } })
  }

  async kept<T>(key: string): Promise<T | null> {
    const row = await this.db.get('cache', this.key(key))
    return row ? this.vault.openValue<T>(row.sealed, key) : null
  }

  /** Values whose key begins so, by the rest of the key. */
  async keptUnder<T>(prefix: string): Promise<Map<string, T>> {
    const from = this.key(prefix)
    const rows = await this.db.getAll('cache', IDBKeyRange.bound(from, `${from}\uffff`))
    const found = new Map<string, T>()
    for (const row of rows) {
      const key = row.key.slice(this.staff.length + 1)
      found.set(key.slice(prefix.length), await this.vault.openValue<T>(row.sealed, key))
    }
    return found
  }

  async drop(prefix: string): Promise<void> {
    const from = this.key(prefix)
    await this.db.delete('cache', IDBKeyRange.bound(from, `${from}\uffff`))
  }

  /** Removes everything of this person, the key too; refuses while something is unsent. */
  async wipe(): Promise<boolean> {
    const change = this.db.transaction([...OWNED, 'keys'], 'readwrite')
    if ((await change.objectStore('actions').index('staff').count(this.staff)) > 0) {
      await change.done
      return false
    }
    this.wiped = true
    for (const name of OWNED) {
      const store = change.objectStore(name)
      for (const key of await store.index('staff').getAllKeys(this.staff)) void store.delete(key as never)
    }
    void change.objectStore('keys').delete(this.staff)
    await change.done
    return true
  }

  private key(key: string): string {
    return `${this.staff} ${key}`
  }

  private async write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isQuotaError(error)) throw storageFull()
      throw error
    }
  }
}
