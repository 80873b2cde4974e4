import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { forgetMe } from './session'
import { asTrouble, isCode, type Trouble } from './trouble'

export interface Resource<T> {
  data: ShallowRef<T | null>
  trouble: Ref<Trouble | null>
  loading: Ref<boolean>
  readAt: Ref<number | null>
  reload: () => Promise<void>
}

/**
 * One thing read from the server. While a read runs, further wishes become one more read: a burst of
 * `changed` messages costs two requests, and the last answer is never older than the last message.
 */
export function useResource<T>(load: () => Promise<T>): Resource<T> {
  const data = shallowRef<T | null>(null)
  const trouble = ref<Trouble | null>(null)
  const loading = ref(false)
  const readAt = ref<number | null>(null)
  let running: Promise<void> | null = null
  let again = false

  async function read(): Promise<void> {
    do {
      again = false
      try {
        data.value = await load()
        trouble.value = null
        readAt.value = Date.now()
      } catch (error) {
        trouble.value = asTrouble(error)
        if (isCode(error, 'sign_in_needed')) forgetMe()
      }
    } while (again)
  }

  function reload(): Promise<void> {
    if (running) {
      again = true
      return running
    }
    loading.value = true
    running = read().finally(() => {
      running = null
      loading.value = false
    })
    return running
  }

  return { data, trouble, loading, readAt, reload }
}
