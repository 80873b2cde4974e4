// Dragging joined with the check: nothing is dropped that the server has not agreed to.
import { isoOf, type Hours } from './logic/hours'
import type { Move, Visit } from './types'
import { useCheck } from './useCheck'
import { useDrag, type Dragging } from './useDrag'

export interface Hand {
  box: () => DOMRect | null
  hours: () => Hours
  staffs: () => readonly string[]
  day: () => string
  commit: (visit: Visit, move: Move) => void
  refuse: (text: string) => void
}

export function useHand(hand: Hand) {
  const { checking, want, settle, clear } = useCheck()

  function wish(drag: Dragging): Move | null {
    const staff = drag.lane === null ? undefined : hand.staffs()[drag.lane]
    if (!staff) return null
    return { visit: drag.visit.id, staff, starts_at: isoOf(hand.day(), drag.minute) }
  }

  async function drop(drag: Dragging): Promise<void> {
    const move = wish(drag)
    const still = drag.block !== null && drag.block.state !== 'DRAFT' && move?.staff === drag.block.staff && drag.minute === drag.block.from
    if (!move || still) return clear()
    const answer = await settle(move)
    const failure = checking.value?.failure ?? ''
    clear()
    if (answer?.ok) return hand.commit(drag.visit, move)
    const against = (answer?.findings ?? []).filter((finding) => !finding.ok && finding.blocking !== false).map((finding) => finding.text)
    hand.refuse(against.join('') || failure)
  }

  const { dragging, grab } = useDrag({
    box: hand.box,
    hours: hand.hours,
    lanes: () => hand.staffs().length,
    moved: (drag) => {
      const move = wish(drag)
      if (move) want(move)
      else clear()
    },
    dropped: (drag) => void drop(drag),
    left: clear,
  })

  return { dragging, grab, checking }
}
