// Which file shows a given moment, and at which second of it.
import type { RecordingOut } from '../types'

/** Something that happened at one instant and can be looked at again. */
export interface Moment {
  at: string
  label: string
}

export interface Place {
  url: string
  seconds: number
  /** Nothing was recorded then: what plays is the nearest there is. */
  gap: boolean
}

/** What led to it is worth seeing too. */
const LEAD_SECONDS = 3

const ms = (iso: string) => Date.parse(iso)

/**
 * The joined copy keeps gaps at their true length, so a moment lies as far behind its beginning as on the clock;
 * without a copy it is the applicant's segment that holds the moment, else the next one, else the last.
 */
export function placeOf(recording: RecordingOut, at: string): Place | null {
  const when = ms(at)
  const gap = recording.coverage.spans.some((span) => span.state === 'GAP' && ms(span.from) <= when && when < ms(span.to))
  const { mp4 } = recording
  if (mp4.url && mp4.started_at) return { url: mp4.url, seconds: into(mp4.started_at, when), gap }
  const main = recording.segments.filter((one) => one.main && one.video_frames !== 0).sort((a, b) => ms(a.started_at) - ms(b.started_at))
  const found = main.find((one) => ms(one.ended_at) > when) ?? main.at(-1)
  if (!found) return null
  const seconds = Math.min(into(found.started_at, when), Math.max(0, (ms(found.ended_at) - ms(found.started_at)) / 1000 - 1))
  return { url: found.url, seconds, gap: gap || ms(found.started_at) > when || ms(found.ended_at) <= when }
}

const into = (start: string, when: number) => Math.max(0, (when - ms(start)) / 1000 - LEAD_SECONDS)
