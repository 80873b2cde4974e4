// What the dispatcher does on the board; each act says afterwards what happened, or why it did not.
import { ref, shallowRef, type Ref } from 'vue'
import { clock } from '../logic/time'
import { useAction } from '@/ui/useAction'
import { board as api } from './api'
import { promiseText } from './logic/promise'
import type { AbsenceIn, Move, Plan, Visit, WindowOffer } from './types'
import type { BoardState } from './useBoard'
import { t } from './words'

export function useActs(state: BoardState, day: Ref<string>) {
  const { busy, refusal, run } = useAction()
  const said = ref('')
  /** What was wished when it was refused, so that another time can be offered for it. */
  const wished = shallowRef<Visit | null>(null)

  async function act(work: (intent: string) => Promise<unknown>, done: string): Promise<boolean> {
    said.value = ''
    const ok = await run(work)
    if (ok) said.value = done
    await state.source.reload()
    return ok
  }

  function move(visit: Visit, wish: Move): Promise<boolean> {
    wished.value = visit
    const done = t('check.moved', { name: state.names.value.get(wish.staff) ?? '', at: clock(wish.starts_at) })
    return act((intent) => api.move({ ...wish, version: visit.version }, intent), done)
  }

  function unassign(visit: Visit): Promise<boolean> {
    wished.value = visit
    return act((intent) => api.unassign(visit.id, visit.version, intent), '')
  }

  /** Another window than the one promised; says both, because both are read out on the call. */
  function agree(visit: Visit, offer: WindowOffer, note: string): Promise<boolean> {
    wished.value = visit
    const before = promiseText(visit)
    const done = before ? t('agree.done', { before, after: offer.label }) : t('agree.done_first', { after: offer.label })
    return act((intent) => api.agree({ visit: visit.id, version: visit.version, from: offer.from, until: offer.until, note }, intent), done)
  }

  function video(visit: Visit, hours: number): Promise<boolean> {
    wished.value = visit
    return act((intent) => api.video(visit.id, visit.version, intent), t('video.done', { title: visit.title, hours: hours.toFixed(1) }))
  }

  function undo(): Promise<boolean> {
    return act((intent) => api.undo(day.value, intent), t('board.undone'))
  }

  function publish(plan: Plan): Promise<boolean> {
    return act((intent) => api.publish(plan.id, state.data.value?.version ?? 0, intent), t('publish.done'))
  }

  function discard(plan: Plan): Promise<boolean> {
    return act((intent) => api.discard(plan.id, intent), t('publish.discarded'))
  }

  function absent(staff: string, absence: AbsenceIn, count: number): Promise<boolean> {
    const name = state.names.value.get(staff) ?? ''
    const done = count ? t('absence.done', { name, n: count }) : t('absence.done_none', { name })
    return act((intent) => api.absent(staff, absence, intent), done)
  }

  return { busy, refusal, said, wished, run, move, unassign, agree, video, undo, publish, discard, absent }
}

export type Acts = ReturnType<typeof useActs>
