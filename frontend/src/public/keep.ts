// What stays on this phone: the draft for a day, the key of a submission without an answer, the last number.
import type { Material } from '@/domain/materials'
import type { Registered } from './api'
import { emptyDraft, type Draft } from './wish'

const DAY_MS = 24 * 3_600_000

export interface Pending {
  intent: string
  /** What was sent with that key: other words are another wish and need another key. */
  body: string
}

export interface Done {
  registered: Registered
  papers: Material[]
}

interface Kept {
  at: number
  draft: Draft
  pending: Pending | null
}

export interface Store {
  read: () => { draft: Draft; pending: Pending | null }
  /** False when this browser keeps nothing. */
  write: (draft: Draft, pending: Pending | null) => boolean
  clear: () => void
  /** The last thing registered here, without anything of the person. */
  readDone: () => Done | null
  writeDone: (done: Done) => void
}

/** One bureau's form in the browser's storage; a draft older than a day is gone. */
export function storeOf(code: string, storage: () => Storage, now: () => number = Date.now): Store {
  const names = { draft: `p:${code}:draft`, done: `p:${code}:done` }

  function get<T>(name: string): T | null {
    try {
      const text = storage().getItem(name)
      return text === null ? null : (JSON.parse(text) as T)
    } catch {
      // No storage in this browser, or another version's words: as if nothing had been kept.
      return null
    }
  }

  function set(name: string, value: unknown): boolean {
    try {
      storage().setItem(name, JSON.stringify(value))
      return true
    } catch {
      return false
    }
  }

  function drop(name: string): void {
    try {
      storage().removeItem(name)
    } catch {
      // Where nothing can be kept there is nothing to take away.
    }
  }

  return {
    read() {
      const kept = get<Kept>(names.draft)
      if (!kept || !(now() - kept.at < DAY_MS)) {
        drop(names.draft)
        return { draft: emptyDraft(), pending: null }
      }
      return { draft: { ...emptyDraft(), ...kept.draft }, pending: kept.pending ?? null }
    },
    write: (draft, pending) => set(names.draft, { at: now(), draft, pending } satisfies Kept),
    clear: () => drop(names.draft),
    readDone: () => get<Done>(names.done),
    writeDone: (done) => void set(names.done, done),
  }
}
