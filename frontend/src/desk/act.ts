// One write at a time: what was refused is said, and the same wish tried again keeps its key.
import { ref, type Ref } from 'vue'
import { newIntent } from '@/api/client'
import type { Refusal } from '@/api/refusal'
import { client } from './api'
import { asTrouble, type Trouble } from './trouble'

export interface Acting {
  busy: Ref<boolean>
  trouble: Ref<Trouble | null>
  /** Whether it was done; `trouble` says why not. */
  act: (path: string, body?: object, method?: 'POST' | 'PUT' | 'DELETE') => Promise<boolean>
}

/** `after` reads the page again: after what was done, and after a refusal, which may mean that the page is old. */
export function useAct(after: () => Promise<void>, sender: Pick<typeof client, 'send'> = client): Acting {
  const busy = ref(false)
  const trouble = ref<Trouble | null>(null)
  let wish = ''
  let intent = ''

  async function act(path: string, body: object = {}, method: 'POST' | 'PUT' | 'DELETE' = 'POST'): Promise<boolean> {
    const asked = `${method} ${path} ${JSON.stringify(body)}`
    if (asked !== wish) {
      wish = asked
      intent = newIntent()
    }
    busy.value = true
    trouble.value = null
    try {
      await sender.send(method, path, method === 'DELETE' ? undefined : body, { intent })
      wish = ''
      await after()
      return true
    } catch (error) {
      trouble.value = asTrouble(error)
      if (!trouble.value.offline) {
        wish = ''
        if ((error as Partial<Refusal>).status === 409) await after()
      }
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, trouble, act }
}
