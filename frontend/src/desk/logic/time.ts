// Times as a person at the desk says them; the bureau's clock, whatever the computer is set to.
const ZONE = 'Asia/Shanghai'
const DAY = 86_400_000

type Words = { today: string; tomorrow: string; yesterday: string }

const WORDS: Readonly<Record<'zh' | 'en', Words>> = {
  zh: { today: '今天', tomorrow: '明天', yesterday: '昨天' },
  en: { today: 'Today', tomorrow: 'Tomorrow', yesterday: 'Yesterday' },
}

const dayOf = (at: number) => new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(at)

export function clock(iso: string): string {
  return new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hour12: false }).format(
    Date.parse(iso),
  )
}

export function exact(iso: string): string {
  return new Intl.DateTimeFormat('zh-CN', {
    timeZone: ZONE,
    dateStyle: 'medium',
    timeStyle: 'medium',
    hour12: false,
  }).format(Date.parse(iso))
}

export function spoken(iso: string, now: number, language: 'zh' | 'en' = 'zh'): string {
  const words = WORDS[language]
  const day = dayOf(Date.parse(iso))
  if (day === dayOf(now)) return `${words.today} ${clock(iso)}`
  if (day === dayOf(now + DAY)) return `${words.tomorrow} ${clock(iso)}`
  if (day === dayOf(now - DAY)) return `${words.yesterday} ${clock(iso)}`
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  const date = new Intl.DateTimeFormat(locale, { timeZone: ZONE, month: 'long', day: 'numeric' }).format(Date.parse(iso))
  return `${date} ${clock(iso)}`
}

export function isToday(iso: string, now: number): boolean {
  return dayOf(Date.parse(iso)) === dayOf(now)
}

/** 75 s → 01:15; an hour shows as 1:00:00. */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** Closing time (17:00) of the day `days` calendar days ahead, as the server sets a deadline. */
export function deadlineOf(now: number, days: number): string {
  const date = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, month: 'long', day: 'numeric' }).format(now + days * DAY)
  return `${date} 17:00`
}
