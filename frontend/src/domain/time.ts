/** Wall-clock texts of a bureau in China: always Beijing time, whatever the phone's zone is. */
const ZONE = 'Asia/Shanghai'

export interface DayWords {
  today: string
  tomorrow: string
}

interface Parts {
  year: string
  month: string
  day: string
  hour: string
  minute: string
}

const format = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})

function partsOf(at: Date): Parts {
  const found: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(at)) found[type] = value
  return { year: '', month: '', day: '', minute: '', ...found, hour: (found['hour'] ?? '').replace('24', '00') }
}

/** 「今天 14:30」, 「明天 9:00」, 「6月3日 14:30」. */
export function dayTime(instant: string, now: Date, words: DayWords): string {
  const at = partsOf(new Date(instant))
  const day = (parts: Parts) => `${parts.year}-${parts.month}-${parts.day}`
  const clock = `${Number(at.hour)}:${at.minute}`
  if (day(at) === day(partsOf(now))) return `${words.today} ${clock}`
  if (day(at) === day(partsOf(new Date(now.getTime() + 86_400_000)))) return `${words.tomorrow} ${clock}`
  return `${Number(at.month)}月${Number(at.day)}日 ${clock}`
}

/** 「02:14」, with hours only when there are some. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const tail = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${tail}` : tail
}

export interface Left {
  days: number
  hours: number
  minutes: number
}

/** What is left until an instant; null when it has passed. */
export function leftUntil(instant: string, now: Date): Left | null {
  const minutes = Math.floor((new Date(instant).getTime() - now.getTime()) / 60_000)
  if (minutes < 0) return null
  return { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 }
}

/** 「14:30」 in Beijing. */
export function clockTime(instant: string): string {
  const at = partsOf(new Date(instant))
  return `${Number(at.hour)}:${at.minute}`
}

/** 「2026-11-22」: the day it is in Beijing, `ahead` days later. */
export function beijingDay(at: Date, ahead = 0): string {
  const { year, month, day } = partsOf(new Date(at.getTime() + ahead * 86_400_000))
  return `${year}-${month}-${day}`
}
