import { computed, onBeforeUnmount, onMounted, ref, type Ref } from 'vue'
import { isRefusal } from '@/api/refusal'
import { elder } from '@/ui/elder'
import { ceremony, signing } from './ceremony'
import { isInView, nextUnread, Reading } from './reading'

const TICK_MS = 300

/** Which pages were really on the screen, and telling the server so. `zoomed` is the page (from 1) that covers the list. */
export function usePages(pages: Ref<number>, zoomed: Ref<number | null>) {
  const reading = new Reading()
  const inView = new Set<number>()
  const current = ref(0)
  const unsent = ref(false)
  const used = { large: false, voice: false }
  let telling = false
  let timer: ReturnType<typeof setInterval> | undefined

  const read = computed(() => ceremony.value?.read.pages ?? [])
  const next = computed(() => nextUnread(pages.value, read.value, current.value))

  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const page = Number((entry.target as HTMLElement).dataset['page'])
        const seen = { ratio: entry.intersectionRatio, height: entry.intersectionRect.height }
        if (entry.isIntersecting && isInView(seen, innerHeight)) inView.add(page)
        else inView.delete(page)
      }
      if (inView.size > 0) current.value = Math.max(...inView)
    },
    { threshold: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1] },
  )

  /** A page counts from when its picture is there. */
  function watchPage(picture: Event): void {
    observer.observe(picture.target as HTMLElement)
  }

  function onScreen(): Iterable<number> {
    if (document.visibilityState === 'hidden') return []
    return zoomed.value === null ? inView : [zoomed.value]
  }

  async function tick(): Promise<void> {
    reading.tick(performance.now(), onScreen())
    used.large ||= zoomed.value !== null || elder.value
    const fresh = reading.untold(read.value)
    const now = ceremony.value
    if (fresh.length === 0 || telling || !now) return
    telling = true
    try {
      const told = await signing.read(now.id, { pages: fresh, large_type: used.large, read_aloud: used.voice })
      if (ceremony.value?.id === told.id) ceremony.value = told
      unsent.value = false
    } catch (error) {
      if (!isRefusal(error)) throw error
      unsent.value = true
    } finally {
      telling = false
    }
  }

  onMounted(() => {
    timer = setInterval(() => void tick(), TICK_MS)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    observer.disconnect()
  })

  return { read, next, unsent, watchPage, heard: () => (used.voice = true) }
}
