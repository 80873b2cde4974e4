import { describe, expect, it } from 'vitest'
import { placeOf } from '@/desk/logic/playback'
import type { RecordingOut, RecordingSegment } from '@/desk/types'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 6, 0, 0) + seconds * 1000).toISOString()

const segment = (number: number, from: number, to: number, main = true): RecordingSegment => ({
  number,
  source: main ? 'guest' : 'host',
  source_label: '',
  main,
  started_at: at(from),
  ended_at: at(to),
  url: `/${main ? 'guest' : 'host'}/${number}`,
  sha256: '',
  width: 640,
  height: 480,
  video_frames: 30,
})

// The inspector's camera began first; the applicant's call broke off and came back: two legs and a gap.
const segments = [segment(1, -20, 100, false), segment(1, 0, 30), segment(2, 30, 60), segment(1, 80, 110), segment(2, 110, 140)]
const call: RecordingOut = {
  segments,
  coverage: {
    percent: 86,
    spans: [
      { from: at(0), to: at(60), state: 'COVERED' },
      { from: at(60), to: at(80), state: 'GAP' },
      { from: at(80), to: at(140), state: 'COVERED' },
    ],
  },
  mp4: { state: 'NONE', percent: 0 },
}
const joined: RecordingOut = { ...call, mp4: { state: 'READY', percent: 100, started_at: at(-20), url: '/copy.mp4' } }

describe('the place of a moment', () => {
  it('is in the joined copy as far from its beginning as on the clock, over gap and legs', () => {
    expect(placeOf(joined, at(40))).toEqual({ url: '/copy.mp4', seconds: 57, gap: false })
    expect(placeOf(joined, at(120))).toEqual({ url: '/copy.mp4', seconds: 137, gap: false })
    expect(placeOf(joined, at(70))).toMatchObject({ seconds: 87, gap: true })
    expect(placeOf(joined, at(-30))?.seconds).toBe(0)
  })

  it('is in the applicant’s own segment while there is no copy', () => {
    expect(placeOf(call, at(40))).toEqual({ url: '/guest/2', seconds: 7, gap: false })
    expect(placeOf(call, at(31))).toMatchObject({ url: '/guest/2', seconds: 0 })
    expect(placeOf(call, at(95))).toMatchObject({ url: '/guest/1', seconds: 12, gap: false })
  })

  it('is the nearest there is where nothing was recorded, and says so', () => {
    expect(placeOf(call, at(70))).toEqual({ url: '/guest/1', seconds: 0, gap: true })
    expect(placeOf(call, at(500))).toEqual({ url: '/guest/2', seconds: 29, gap: true })
    expect(placeOf({ ...call, segments: [segment(1, 0, 30, false)] }, at(5))).toBeNull()
  })
})
