// One call being taken down: what was said so far, what the product answers to it, and the one write at the end.
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { newIntent } from '@/api/client'
import { merged, type Material } from '@/domain/materials'
import { asTrouble, type Trouble } from '../trouble'
import { visits } from './api'
import type { DelegationOut } from './detail'
import type { Duplicate, Guide, Need, PersonType, Place, WindowOffer } from './types'

const SETTLE_MS = 400

export function useIntake() {
  const said = reactive({
    phone: '',
    contact: '',
    applicant: '',
    person: 'PERSON' as PersonType,
    channel: 'HOTLINE' as 'HOTLINE' | 'COUNTER' | 'WEB',
    items: [] as string[],
    bundle: '',
    address: '',
    place: null as Place | null,
    needs: [] as Need[],
    wish: '',
    doorNote: '',
    window: null as WindowOffer | null,
    callback: 30,
    notDuplicate: false,
  })
  const guides = reactive(new Map<string, Guide>())
  const windows = shallowRef<WindowOffer[] | null>(null)
  const duplicates = shallowRef<Duplicate[]>([])
  const trouble = ref<Trouble | null>(null)
  const sending = ref(false)
  const done = shallowRef<{ delegation: DelegationOut; window: WindowOffer | null; seconds: number } | null>(null)
  const began = ref(Date.now())
  let intent = newIntent()
  let asked = 0

  const materials = computed<Material[]>(() => merged(said.items.flatMap((code) => guides.get(code)?.materials ?? [])))
  const mayAskWindows = computed(() => said.items.length > 0 && said.place !== null)

  async function learn(codes: readonly string[]): Promise<void> {
    for (const code of codes) if (!guides.has(code)) guides.set(code, await visits.guide(code))
  }

  async function askWindows(): Promise<void> {
    const mine = ++asked
    windows.value = null
    said.window = null
    if (!said.place || said.items.length === 0) return
    try {
      const found = await visits.windows({ items: said.items, place: said.place, needs: said.needs })
      if (mine === asked) windows.value = found.windows
    } catch (error) {
      if (mine === asked) trouble.value = asTrouble(error)
    }
  }

  async function askDuplicates(): Promise<void> {
    duplicates.value = []
    if (said.phone.replace(/\D/g, '').length < 7 || said.items.length === 0) return
    duplicates.value = (await visits.duplicates(said.phone, said.items)).existing
  }

  const quietly = (run: () => Promise<void>) => () => void run().catch((error: unknown) => (trouble.value = asTrouble(error)))
  settled(() => [said.items.join(), said.place?.join(), said.needs.join()].join('|'), quietly(askWindows))
  settled(() => [said.phone, said.items.join()].join('|'), quietly(askDuplicates))
  watch(() => [...said.items], quietly(() => learn(said.items)))
  // What is sent next is another wish than the one refused before.
  watch(said, () => (intent = newIntent()), { deep: true, flush: 'sync' })

  async function register(): Promise<void> {
    sending.value = true
    trouble.value = null
    try {
      const delegation = await visits.register(body(), intent)
      done.value = { delegation, window: said.window, seconds: Math.round((Date.now() - began.value) / 1000) }
    } catch (error) {
      trouble.value = asTrouble(error)
      if (trouble.value.code === 'window_gone') await askWindows()
    } finally {
      sending.value = false
    }
  }

  function body() {
    const { phone, contact, applicant, person, channel, items, bundle, address, place, needs, wish, doorNote, window, callback } = said
    return {
      phone,
      contact_name: contact,
      applicant_name: applicant || contact,
      person_type: person,
      channel,
      items,
      ...(bundle ? { bundle } : {}),
      address,
      ...(place ? { longitude: place[0], latitude: place[1] } : {}),
      needs,
      wish,
      door_note: doorNote,
      window: window ? { from: window.from, until: window.until } : null,
      callback_minutes: window ? 0 : callback,
      not_duplicate: said.notDuplicate,
    }
  }

  return { said, guides, windows, duplicates, trouble, sending, done, began, materials, mayAskWindows, register }
}

/** Runs when `what` has not changed for a moment: nobody types an address in one stroke. */
function settled(what: () => string, run: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(what, () => {
    clearTimeout(timer)
    timer = setTimeout(run, SETTLE_MS)
  })
}
