interface RectifiedItem {
  item: string
  state: string
  uploads: readonly unknown[]
}

/** Items that still need a photo or a clip from the applicant before the order can be submitted. */
export function missingUploads(items: readonly RectifiedItem[]): string[] {
  return items.filter((item) => item.state !== 'ACCEPTED' && item.uploads.length === 0).map((item) => item.item)
}

/** Whether the applicant may still add to an item. */
export function takesUploads(order: { state: string }, item: { state: string }): boolean {
  return (order.state === 'ORDERED' || order.state === 'RETURNED') && item.state !== 'ACCEPTED'
}
