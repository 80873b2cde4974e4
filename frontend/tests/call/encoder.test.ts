import { describe, expect, it } from 'vitest'
import { EncoderEase } from '@/call/encoder'

/** Five seconds of a camera at 30 pictures a second: how many are encoded, and how long each takes. */
function spans(ease: EncoderEase, ...list: { kept: number; each: number }[]): number[] {
  const count = { captured: 0, encoded: 0, seconds: 0 }
  ease.next({ ...count })
  return list.map(({ kept, each }) => {
    count.captured += 150
    count.encoded += 150 * kept
    count.seconds += 150 * kept * each
    return ease.next({ ...count })
  })
}

const STARVED = { kept: 0.6, each: 0.09 }
const WELL = { kept: 1, each: 0.01 }

describe('the encoder', () => {
  it('is asked for fewer bits while it is slow and drops pictures, and never for too few to read a label', () => {
    expect(spans(new EncoderEase(2_500_000), STARVED, STARVED, STARVED, STARVED)).toEqual([1_500_000, 900_000, 600_000, 600_000])
  })

  it('is asked for more again when it is quick and keeps all', () => {
    const caps = spans(new EncoderEase(2_500_000), STARVED, WELL, WELL, WELL, WELL)
    expect(caps.slice(-2)).toEqual([2_500_000, 2_500_000])
  })

  it('is left alone when it only takes its time, or only drops what nobody asked for', () => {
    expect(spans(new EncoderEase(2_500_000), { kept: 1, each: 0.06 }, { kept: 0.5, each: 0.01 })).toEqual([2_500_000, 2_500_000])
  })

  it('is not judged by the counters of the connection before', () => {
    const ease = new EncoderEase(2_500_000)
    spans(ease, WELL)
    expect(ease.next({ captured: 12, encoded: 2, seconds: 1 })).toBe(2_500_000)
  })
})
