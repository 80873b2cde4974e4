export interface PublishFigures {
  kbps: number | null
  fps: number | null
  width: number | null
  height: number | null
  rtt_ms: number | null
  packets_lost: number | null
  limited: string | null
  /** What the browser believes the line bears, from the arrival times the server sends back. */
  line_kbps: number | null
}

interface Mark {
  bytes: number
  at: number
}

const marks = new WeakMap<RTCPeerConnection, Mark>()

/** What the browser measures of its own sending; the bitrate is since the last call for the same connection. */
export async function publishFigures(pc: RTCPeerConnection): Promise<PublishFigures> {
  const report = await pc.getStats()
  const figures: PublishFigures = { kbps: null, fps: null, width: null, height: null, rtt_ms: null, packets_lost: null, limited: null, line_kbps: null }
  let bytes = 0
  let at = 0
  report.forEach((entry: Record<string, unknown>) => {
    if (entry['type'] === 'outbound-rtp') {
      bytes += number(entry['bytesSent']) ?? 0
      at = number(entry['timestamp']) ?? at
      if (entry['kind'] === 'video') {
        figures.fps = number(entry['framesPerSecond'])
        figures.width = number(entry['frameWidth'])
        figures.height = number(entry['frameHeight'])
        figures.limited = typeof entry['qualityLimitationReason'] === 'string' ? entry['qualityLimitationReason'] : null
      }
    }
    if (entry['type'] === 'candidate-pair' && entry['nominated'] === true) {
      const bits = number(entry['availableOutgoingBitrate'])
      if (bits !== null) figures.line_kbps = Math.round(bits / 1000)
    }
    if (entry['type'] === 'remote-inbound-rtp') {
      const seconds = number(entry['roundTripTime'])
      if (seconds !== null) figures.rtt_ms = Math.round(seconds * 1000)
      figures.packets_lost = (figures.packets_lost ?? 0) + (number(entry['packetsLost']) ?? 0)
    }
  })
  const before = marks.get(pc)
  if (before && at > before.at) figures.kbps = Math.max(0, Math.round(((bytes - before.bytes) * 8) / (at - before.at)))
  marks.set(pc, { bytes, at })
  return figures
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
