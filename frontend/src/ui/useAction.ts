import { ref, shallowRef } from 'vue'
import { newIntent } from '@/api/client'
import { isRefusal, type Refusal } from '@/api/refusal'

/**
 * One thing the person does: busy while it runs, the refusal beside the button afterwards.
 * Pressing again after a missing answer repeats the same intent; after a refusal it is a new one.
 */
export function useAction() {
  const busy = ref(false)
  const refusal = shallowRef<Refusal | null>(null)
  let intent = newIntent()

  async function run(work: (intent: string) => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    refusal.value = null
    try {
      await work(intent)
      intent = newIntent()
      return true
    } catch (error) {
      if (!isRefusal(error)) throw error
      refusal.value = error
      if (!error.temporary) intent = newIntent()
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, refusal, run }
}
