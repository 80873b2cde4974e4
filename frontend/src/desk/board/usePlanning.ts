// A new plan is made elsewhere: ask for it, then look until it is there.
import { onBeforeUnmount, ref, type Ref } from 'vue'
import { board as api } from './api'
import type { Acts } from './useActs'
import type { BoardState } from './useBoard'
import { t } from './words'

const LOOK = 1000
const PATIENCE = 60

export function usePlanning(state: BoardState, acts: Acts, day: Ref<string>) {
  /** Seconds since it was asked for; null when nothing is being made. */
  const planning = ref<number | null>(null)
  let timer: ReturnType<typeof setInterval> | undefined

  async function start(): Promise<void> {
    acts.said.value = ''
    let id = ''
    const asked = await acts.run(async (intent) => {
      id = (await api.makePlan(day.value, intent)).id
    })
    if (!asked) return
    planning.value = 0
    timer = setInterval(() => void look(id), LOOK)
  }

  async function look(id: string): Promise<void> {
    if (planning.value === null) return
    planning.value += 1
    const late = planning.value > PATIENCE
    const plan = late ? null : await api.plan(id).catch(() => null)
    if (!late && (!plan || plan.state === 'WORKING')) return
    stop()
    if (plan?.state !== 'DRAFT') acts.said.value = t('board.replan_failed')
    await state.source.reload()
  }

  function stop(): void {
    clearInterval(timer)
    planning.value = null
  }

  onBeforeUnmount(stop)
  return { planning, start }
}
