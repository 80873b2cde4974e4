import { computed, onBeforeUnmount, ref, triggerRef } from 'vue'
import type { ServerMessage } from '@/api/protocol.gen'
import { newIntent } from '@/api/client'
import { api } from '../api'
import { StillLog } from '../logic/stills'
import { asTrouble } from '../trouble'
import { t } from '../words'
import type { Room } from './useRoom'

const PATIENCE = 25_000

export interface StillHooks {
  /** A still this desk asked for has become evidence. */
  onTaken: (item: string | null, evidence: string) => void
}

export function useStills(id: string, room: () => Room, hooks: StillHooks) {
  const log = ref(new StillLog())
  const now = ref(Date.now())
  const fetching = ref<Record<string, string>>({})
  const announced = ref('')
  const timer = setInterval(() => {
    now.value = Date.now()
    if (log.value.expire(now.value, PATIENCE).length) triggerRef(log)
  }, 500)
  onBeforeUnmount(() => clearInterval(timer))

  async function ask(item: string | null): Promise<void> {
    const key = newIntent()
    log.value.ask(key, item, Date.now())
    triggerRef(log)
    try {
      const request = await room().askStill(item)
      if (request) log.value.named(request, item, key)
      else log.value.refused(key, 'offline')
    } catch (error) {
      log.value.refused(key, asTrouble(error).code)
    }
    triggerRef(log)
  }

  function take(message: ServerMessage): void {
    if (message.type !== 'still.settled') return
    const asked = log.value.open.find((still) => still.request === message.request)
    if (message.evidence) {
      if (log.value.done(message.request) && asked) taken(asked.item, message.evidence)
    } else log.value.failed(message.request, message.code ?? 'other')
    triggerRef(log)
  }

  function taken(item: string | null, evidence: string): void {
    announced.value = t('still.taken', { item: item ?? t('still.no_item') })
    hooks.onTaken(item, evidence)
  }

  /** The lower-grade way out: the frame the server recorded last. */
  async function fromRecording(key: string, item: string | null): Promise<void> {
    fetching.value = { ...fetching.value, [key]: '' }
    try {
      const evidence = await api.stillFromRecording(id, item)
      log.value.dismiss(key)
      taken(item, evidence.id)
      fetching.value = without(fetching.value, key)
    } catch (error) {
      const trouble = asTrouble(error)
      fetching.value = { ...fetching.value, [key]: `${trouble.title}。${trouble.action}` }
    }
    triggerRef(log)
  }

  function dismiss(key: string): void {
    log.value.dismiss(key)
    fetching.value = without(fetching.value, key)
    triggerRef(log)
  }

  return { open: computed(() => [...log.value.open]), now, fetching, announced, ask, take, fromRecording, dismiss }
}

function without(record: Record<string, string>, key: string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
}

export type Stills = ReturnType<typeof useStills>
