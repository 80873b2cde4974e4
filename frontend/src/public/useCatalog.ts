// What can be asked for, and which papers what was chosen needs.
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { isRefusal, type Refusal } from '@/api/refusal'
import { merged, type Material } from '@/domain/materials'
import { api, type Bundle, type GuideLine } from './api'
import type { Draft } from './wish'

export function useCatalog(draft: Draft) {
  const guides = shallowRef<GuideLine[]>([])
  const bundles = shallowRef<Bundle[]>([])
  const trouble = shallowRef<Refusal | null>(null)
  const known = reactive(new Map<string, Material[]>())
  const missing = ref(false)

  const single = computed(() => guides.value.filter((one) => one.person_type === draft.person || draft.items.includes(one.code)))
  const inBundle = computed(() => new Set(bundles.value.find((one) => one.code === draft.bundle)?.items.map((one) => one.code)))
  const ready = computed(() => draft.items.every((code) => known.has(code)))
  const papers = computed(() => merged(draft.items.flatMap((code) => known.get(code) ?? [])))

  async function read(): Promise<void> {
    trouble.value = null
    try {
      ;[guides.value, bundles.value] = await Promise.all([api.guides(), api.bundles()])
    } catch (error) {
      if (!isRefusal(error)) throw error
      trouble.value = error
    }
  }

  async function learn(code: string): Promise<void> {
    if (known.has(code)) return
    try {
      known.set(code, await api.materials(code))
    } catch (error) {
      // The list is a help: the wish can be handed in without it.
      if (!isRefusal(error)) throw error
      missing.value = true
    }
  }
  watch(() => [...draft.items], (codes) => {
    missing.value = false
    for (const code of codes) void learn(code)
  }, { immediate: true })

  /** Takes a bundle with all its items, or gives it back; at most one at a time. */
  function toggleBundle(bundle: Bundle): void {
    const before = inBundle.value
    const left = draft.items.filter((code) => !before.has(code))
    const taken = draft.bundle === bundle.code ? [] : bundle.items.map((one) => one.code)
    draft.bundle = draft.bundle === bundle.code ? '' : bundle.code
    draft.items = [...new Set([...left, ...taken])]
  }

  return { bundles, single, inBundle, ready, papers, missing, trouble, read, toggleBundle }
}
