export type Kind = 'audio' | 'video'

/** A counter of one kind of media in what getStats says, over all streams; null where no stream has it. */
export function counter(report: RTCStatsReport, type: string, field: string, kind: Kind): number | null {
  let total: number | null = null
  report.forEach((entry: Record<string, unknown>) => {
    // `mediaType` is the older Safari's word.
    if (entry['type'] !== type || (entry['kind'] ?? entry['mediaType']) !== kind) return
    if (typeof entry[field] === 'number') total = (total ?? 0) + entry[field]
  })
  return total
}

/** Bytes that came by the connection's path, media and feedback alike; null where the browser does not say. */
export function received(report: RTCStatsReport): number | null {
  let total: number | null = null
  report.forEach((entry: Record<string, unknown>) => {
    if (entry['type'] === 'transport' && typeof entry['bytesReceived'] === 'number') total = (total ?? 0) + entry['bytesReceived']
  })
  return total
}
