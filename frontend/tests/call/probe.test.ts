import { describe, expect, it } from 'vitest'
import { gradeOf, measureUpload, startBitrate } from '@/call'
import { FakeClock } from './fakes'

/** A line of so many kbit/s with a round trip of so many milliseconds. */
function line(clock: FakeClock, kbps: number, rtt: number): { send: (noise: Blob) => Promise<void>; sizes: number[] } {
  const sizes: number[] = []
  return {
    sizes,
    send: (noise) => {
      sizes.push(noise.size)
      return clock.pass(rtt + (noise.size * 8) / kbps)
    },
  }
}

describe('the upload probe', () => {
  it.each([
    [500, 80],
    [2000, 60],
    [8000, 30],
  ])('measures a line of %i kbit/s within a fifth', async (kbps, rtt) => {
    const clock = new FakeClock()
    const measure = await measureUpload(line(clock, kbps, rtt).send, clock)
    expect(measure.kbps).toBeGreaterThan(kbps * 0.8)
    expect(measure.kbps).toBeLessThan(kbps * 1.25)
    expect(measure.rtt_ms).toBe(rtt)
  })

  it('never sends a block larger than a megabyte', async () => {
    const clock = new FakeClock()
    const fast = line(clock, 100_000, 5)
    await measureUpload(fast.send, clock)
    expect(Math.max(...fast.sizes)).toBe(1024 * 1024)
  })

  it('leaves room for the voice in the start bitrate', () => {
    expect(startBitrate({ kbps: 1500, rtt_ms: 40 })).toBe(990)
    expect(startBitrate({ kbps: 90_000, rtt_ms: 4 })).toBe(2000)
    expect(startBitrate({ kbps: 100, rtt_ms: 4 })).toBe(150)
    expect(startBitrate(null)).toBeNull()
  })

  it('calls a line good, fair or poor', () => {
    expect([3000, 800, 200].map((kbps) => gradeOf({ kbps, rtt_ms: 10 }))).toEqual(['GOOD', 'FAIR', 'POOR'])
  })
})
