import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'
import { isRefusal, type Refusal } from '@/api/refusal'
import { showProblem } from '../session'
import { visitApi } from './api'
import { shown } from './papers'
import type { VisitPaper, VisitView } from './types'

const SLOW_MS = 20_000
const SOON_MS = 5_000

/** The visit as it is now, read again while the page is in sight: sooner when somebody is on the way. */
export function useVisit() {
  const visit = shallowRef<VisitView | null>(null)
  const papers = shallowRef<VisitPaper[]>([])
  const trouble = shallowRef<Refusal | null>(null)
  const offline = ref(false)
  const now = ref(new Date())
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone = false

  async function read(): Promise<void> {
    try {
      const [found, written] = await Promise.all([visitApi.read(), visitApi.papers()])
      visit.value = found
      papers.value = shown(written.items)
      offline.value = false
      trouble.value = null
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (error.temporary) offline.value = true
      else if (error.status === 401) showProblem(error)
      else trouble.value = error
    }
    // The server's clock: phones are often minutes off.
    now.value = visit.value ? new Date(visit.value.now) : new Date()
  }

  async function round(): Promise<void> {
    clearTimeout(timer)
    if (document.visibilityState === 'visible') await read()
    const state = visit.value?.visit_state
    if (!gone) timer = setTimeout(() => void round(), state === 'EN_ROUTE' || state === 'ACCEPTED' ? SOON_MS : SLOW_MS)
  }

  const seen = () => {
    if (document.visibilityState === 'visible') void round()
  }

  onMounted(() => {
    document.addEventListener('visibilitychange', seen)
    void round()
  })
  onBeforeUnmount(() => {
    gone = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', seen)
  })
  return { visit, papers, trouble, offline, now, read }
}
