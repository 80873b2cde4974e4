interface Slot {
  starts_at: string
  label: string
}

export interface SlotDay<S extends Slot> {
  day: string
  slots: { slot: S; time: string }[]
}

/** Slots under their days, as their labels 「今天 14:30」 say; the server's order is kept. */
export function slotDays<S extends Slot>(slots: readonly S[]): SlotDay<S>[] {
  const days: SlotDay<S>[] = []
  for (const slot of slots) {
    const cut = slot.label.lastIndexOf(' ')
    const day = cut === -1 ? '' : slot.label.slice(0, cut)
    const last = days.at(-1)
    const entry = { slot, time: slot.label.slice(cut + 1) }
    if (last?.day === day) last.slots.push(entry)
    else days.push({ day, slots: [entry] })
  }
  return days
}
