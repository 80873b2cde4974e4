// Pointing into the applicant's picture: a click is a ring, a drag a stroke; both fade and are part of no recording.
import { computed, onBeforeUnmount, onMounted, reactive, shallowRef, type Ref } from 'vue'
import { laidMarks, placeAt, type Place } from '@/call'
import type { Room } from './useRoom'

/** Less than this is a click of an unsteady hand. */
const DRAG_PX = 6

export function usePointing(room: () => Room, video: Readonly<Ref<HTMLVideoElement | null>>) {
  const box = reactive({ width: 0, height: 0 })
  const media = reactive({ width: 0, height: 0 })
  const marks = computed(() => laidMarks(room().marks.value, box, media, 'contain'))
  const start = shallowRef<{ x: number; y: number; place: Place } | null>(null)
  let drawing = false
  let watcher: ResizeObserver | undefined

  onMounted(() => {
    watcher = new ResizeObserver((entries) => {
      const size = entries[0]?.contentRect
      if (size) Object.assign(box, { width: size.width, height: size.height })
    })
    if (video.value) watcher.observe(video.value)
  })
  onBeforeUnmount(() => watcher?.disconnect())

  function resized(): void {
    const element = video.value
    if (!element?.videoWidth) return
    Object.assign(media, { width: element.videoWidth, height: element.videoHeight })
    room().board.resize({ ...media })
  }

  const placeOf = (event: PointerEvent) => placeAt({ x: event.offsetX, y: event.offsetY }, box, media, 'contain')

  function down(event: PointerEvent): void {
    const place = event.button === 0 ? placeOf(event) : null
    if (!place) return
    start.value = { x: event.offsetX, y: event.offsetY, place }
    video.value?.setPointerCapture(event.pointerId)
  }

  function move(event: PointerEvent): void {
    const from = start.value
    const place = from && placeOf(event)
    if (!place) return
    if (!drawing && Math.hypot(event.offsetX - from.x, event.offsetY - from.y) < DRAG_PX) return
    if (!drawing) room().beginStroke(from.place)
    drawing = true
    room().drawStroke(place)
  }

  function up(): void {
    if (drawing) room().endStroke()
    else if (start.value) room().ring(start.value.place)
    drawing = false
    start.value = null
  }

  return { marks, resized, down, move, up }
}
