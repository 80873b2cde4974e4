// The day as the server has it, the draft in view, and everything the page derives from the two.
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { paced } from '@/api/paced'
import { setServerNow } from '../clock'
import { useFeed } from '../feed'
import { useResource } from '../resource'
import { board as api } from './api'
import { keepLanes, lanesOf, shownHours, type Lane } from './logic/lanes'
import { waitingOf } from './logic/waiting'
import type { BoardOut, Plan } from './types'

/** Reading the whole board is dear: at most once a second while orders move. */
const PACE = 1000

/** `wanted`: the day asked for; `null` is the server's today. */
export function useBoard(wanted: Ref<string | null>) {
  const draft = shallowRef<Plan | null>(null)
  /** The plan in view: `null` is what stands; a new draft comes into view by itself. */
  const viewed = ref<string | null>(null)
  let seen: string | null = null

  const source = useResource(async () => {
    const answer = await api.read(wanted.value)
    setServerNow(answer.now)
    const newest = [...answer.plans].sort((a, b) => (b.made_at ?? '').localeCompare(a.made_at ?? '')).find((plan) => plan.state === 'DRAFT')
    if (newest && newest.id !== seen) viewed.value = seen = newest.id
    if (!answer.plans.some((plan) => plan.id === viewed.value && plan.state === 'DRAFT')) viewed.value = null
    await show(viewed.value)
    return answer
  })
  const live = useFeed(paced(() => void source.reload(), PACE))

  watch(wanted, () => {
    source.data.value = null
    viewed.value = null
    void source.reload()
  })

  /** What a draft says never changes: it is read once. */
  async function show(plan: string | null): Promise<void> {
    if (plan !== (draft.value?.id ?? null)) draft.value = plan ? await api.plan(plan) : null
  }

  async function view(plan: string | null): Promise<void> {
    viewed.value = plan
    await show(plan)
  }

  const data = computed<BoardOut | null>(() => source.data.value)
  const hours = computed(() => (data.value ? shownHours(data.value) : { from: 480, until: 1080 }))
  let before: Lane[] = []
  const lanes = computed(() => {
    before = data.value ? keepLanes(before, lanesOf(data.value, draft.value, hours.value)) : []
    return before
  })
  const waiting = computed(() => (data.value ? waitingOf(data.value, draft.value) : []))
  const drafts = computed(() => (data.value?.plans ?? []).filter((plan) => plan.state === 'DRAFT'))
  const names = computed(() => new Map((data.value?.delegates ?? []).map((delegate) => [delegate.id, delegate.name])))
  const visits = computed(() => new Map((data.value?.visits ?? []).map((visit) => [visit.id, visit])))

  return { source, live, data, draft, viewed, view, hours, lanes, waiting, drafts, names, visits }
}

export type BoardState = ReturnType<typeof useBoard>
