// A visit in the hand: where the pointer is becomes whose lane and what time. Only the drag layer reads it.
import { onBeforeUnmount, shallowRef } from 'vue'
import { minuteAt, snap, type Hours } from './logic/hours'
import type { Block } from './logic/lanes'
import type { Visit } from './types'

const THRESHOLD = 5

export interface Dragging {
  visit: Visit
  block: Block | null
  length: number
  /** Minutes from the visit's start to where the hand holds it. */
  grip: number
  lane: number | null
  minute: number
  x: number
  y: number
}

export interface DragSurface {
  /** The box of all lanes together, on the screen. */
  box: () => DOMRect | null
  hours: () => Hours
  lanes: () => number
  moved: (drag: Dragging) => void
  dropped: (drag: Dragging) => void
  left: () => void
}

/** Lane and minute under a point; no lane outside the box. */
export function target(box: DOMRect, surface: Pick<DragSurface, 'hours' | 'lanes'>, x: number, y: number, grip: number) {
  const count = surface.lanes()
  const inside = x >= box.left && x <= box.right && y >= box.top && y < box.bottom && count > 0
  const lane = inside ? Math.min(count - 1, Math.floor(((y - box.top) / box.height) * count)) : null
  return { lane, minute: snap(minuteAt(surface.hours(), (x - box.left) / box.width) - grip) }
}

export function useDrag(surface: DragSurface) {
  const dragging = shallowRef<Dragging | null>(null)
  let start: (Pick<Dragging, 'visit' | 'block' | 'length' | 'grip'> & { x: number; y: number }) | null = null

  function grab(event: PointerEvent, visit: Visit, block: Block | null): void {
    if (event.button !== 0) return
    const box = surface.box()
    const held = box && block ? minuteAt(surface.hours(), (event.clientX - box.left) / box.width) - block.from : 0
    const length = block ? block.until - block.from : visit.minutes
    start = { visit, block, length, grip: Math.min(Math.max(held, 0), length), x: event.clientX, y: event.clientY }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', drop)
    window.addEventListener('pointercancel', cancel)
    window.addEventListener('keydown', escape, true)
  }

  function move(event: PointerEvent): void {
    if (!start) return
    const far = Math.hypot(event.clientX - start.x, event.clientY - start.y) >= THRESHOLD
    const box = surface.box()
    if ((!dragging.value && !far) || !box) return
    document.documentElement.classList.add('board-dragging')
    const place = target(box, surface, event.clientX, event.clientY, start.grip)
    dragging.value = { ...start, ...place, x: event.clientX, y: event.clientY }
    surface.moved(dragging.value)
  }

  function drop(): void {
    const held = dragging.value
    end()
    if (!held) return
    // The click that follows a drag is no wish to open the visit.
    window.addEventListener('click', swallow, { capture: true, once: true })
    setTimeout(() => window.removeEventListener('click', swallow, true), 0)
    surface.dropped(held)
  }

  function cancel(): void {
    const held = dragging.value
    end()
    if (held) surface.left()
  }

  function escape(event: KeyboardEvent): void {
    if (event.key === 'Escape') cancel()
  }

  function end(): void {
    start = null
    dragging.value = null
    document.documentElement.classList.remove('board-dragging')
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', drop)
    window.removeEventListener('pointercancel', cancel)
    window.removeEventListener('keydown', escape, true)
  }

  onBeforeUnmount(end)
  return { dragging, grab }
}

function swallow(event: Event): void {
  event.stopPropagation()
  event.preventDefault()
}
