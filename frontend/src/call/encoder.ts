import { counter } from './counters'

/** The picture's counters of one connection, as getStats has them since its start. */
export interface EncoderCount {
  /** Pictures the camera gave, and those of them that were encoded. */
  captured: number
  encoded: number
  /** Seconds spent encoding. */
  seconds: number
}

/** Below this a label can no longer be read. */
const LEAST_BITRATE = 600_000
const LESS = 0.6
const MORE = 1.25
/** A hardware encoder may take long for each picture and lose none: only both together mean that it cannot keep up. */
const SLOW_SECONDS = 0.033
const QUICK_SECONDS = 0.025
const KEPT_TOO_FEW = 0.85
const KEPT_ALL = 0.95
const FEWEST = 10

/**
 * A bitrate that the phone's processor keeps up with. On a wide line the browser asks its encoder for all the line
 * bears; a busy phone then takes so long for each picture that it drops every third. Fewer bits are encoded sooner.
 */
export class EncoderEase {
  private before: EncoderCount | null = null
  private cap: number

  constructor(private readonly maxBitrate: number) {
    this.cap = maxBitrate
  }

  /** Take note of the counters every few seconds; the bitrate to keep to. */
  next(count: EncoderCount): number {
    const before = this.before
    this.before = count
    const captured = before ? count.captured - before.captured : 0
    const encoded = before ? count.encoded - before.encoded : 0
    if (!before || captured < FEWEST || encoded <= 0) return this.cap
    const each = (count.seconds - before.seconds) / encoded
    const kept = encoded / captured
    if (each > SLOW_SECONDS && kept < KEPT_TOO_FEW) this.cap = Math.max(Math.min(LEAST_BITRATE, this.maxBitrate), this.cap * LESS)
    else if (each < QUICK_SECONDS && kept > KEPT_ALL) this.cap = Math.min(this.maxBitrate, this.cap * MORE)
    return this.cap
  }
}

/** The counters of the picture a connection sends; null where the browser does not tell them all. */
export function encoderCount(report: RTCStatsReport): EncoderCount | null {
  const captured = counter(report, 'media-source', 'frames', 'video')
  const encoded = counter(report, 'outbound-rtp', 'framesEncoded', 'video')
  const seconds = counter(report, 'outbound-rtp', 'totalEncodeTime', 'video')
  return captured === null || encoded === null || seconds === null ? null : { captured, encoded, seconds }
}
