// One citizen's form from the first letter to the number: kept on the phone, sent once.
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { newIntent } from '@/api/client'
import { isRefusal, type Refusal } from '@/api/refusal'
import type { Material } from '@/domain/materials'
import type { Registered } from './api'
import type { Done, Pending, Store } from './keep'
import { check, emptyDraft, FIELDS, wishOf, wrongOf, type Draft, type Field, type Wish, type Wrong } from './wish'
import { t } from './words'

export type Register = (wish: Wish, intent: string) => Promise<Registered>

// Answers that leave open whether it was done: the same key asks again and can do it no second time.
const UNDECIDED = ['idempotency_in_progress', 'client_aborted']

export function useApply(store: Store, register: Register) {
  const kept = store.read()
  const draft = reactive<Draft>(kept.draft)
  const pending = ref<Pending | null>(kept.pending)
  const keeps = ref(true)
  const busy = ref(false)
  const wrong = ref<Wrong>({})
  const refusal = shallowRef<Refusal | null>(null)
  const done = shallowRef<Done | null>(null)
  const last = shallowRef<Done | null>(store.readDone())
  const duplicate = computed(() => refusal.value?.code === 'possible_duplicate')
  let judged = new Map<string, string>()

  const print = (field: Field) => JSON.stringify(draft[field])
  const keep = () => (keeps.value = store.write({ ...draft }, pending.value))

  /** What was put right is no longer said to be wrong, and another wish is not the refused one. */
  function changed(): void {
    keep()
    if (!busy.value) refusal.value = null
    const left = check(draft, t)
    wrong.value = Object.fromEntries(FIELDS.flatMap((field) => {
      const text = wrong.value[field]
      return text && (field in left || judged.get(field) === print(field)) ? [[field, text]] : []
    }))
  }
  // Synchronous: what is typed is kept before the page can go.
  let stop = watch(draft, changed, { deep: true, flush: 'sync' })

  /** The key of this wish: the one already sent without an answer, or a new one. */
  function intentFor(wish: Wish): string {
    const body = JSON.stringify(wish)
    if (pending.value?.body !== body) pending.value = { intent: newIntent(), body }
    keep()
    return pending.value.intent
  }

  /** Sends it once; whether it was registered. What is wrong stands in `wrong` or `refusal`. */
  async function submit(papers: Material[], notDuplicate = false): Promise<boolean> {
    if (busy.value) return false
    refusal.value = null
    judged = new Map(FIELDS.map((field) => [field, print(field)]))
    wrong.value = check(draft, t)
    if (Object.keys(wrong.value).length > 0) return false
    busy.value = true
    try {
      const other = wishOf(draft, true)
      // The one without an answer may have been sent as another one.
      const wish = notDuplicate || pending.value?.body === JSON.stringify(other) ? other : wishOf(draft)
      finish({ registered: await register(wish, intentFor(wish)), papers })
      return true
    } catch (error) {
      if (!isRefusal(error)) throw error
      refuse(error)
      return false
    } finally {
      busy.value = false
    }
  }

  function finish(made: Done): void {
    store.writeDone(made)
    clear()
    last.value = done.value = made
  }

  function refuse(error: Refusal): void {
    if (!error.temporary && !UNDECIDED.includes(error.code)) {
      pending.value = null
      keep()
    }
    const named = error.code === 'delegation_invalid' ? wrongOf(error.fields) : null
    if (named) wrong.value = named
    else refusal.value = error
  }

  function clear(): void {
    pending.value = null
    refusal.value = null
    wrong.value = {}
    stop()
    Object.assign(draft, emptyDraft())
    store.clear()
    stop = watch(draft, changed, { deep: true, flush: 'sync' })
  }

  return { draft, pending, keeps, busy, wrong, refusal, duplicate, done, last, submit, clear }
}
