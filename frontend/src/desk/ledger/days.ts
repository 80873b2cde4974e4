// Weeks and days of the bureau's calendar as plain dates (2026-11-16), whatever the computer's zone.
const ZONE = 'Asia/Shanghai'
const DAY = 86_400_000

const at = (day: string) => Date.parse(`${day}T00:00:00Z`)
const of = (time: number) => new Date(time).toISOString().slice(0, 10)

export function today(now: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(now)
}

export function plusDays(day: string, days: number): string {
  return of(at(day) + days * DAY)
}

export function mondayOf(day: string): string {
  const weekday = (new Date(at(day)).getUTCDay() + 6) % 7
  return plusDays(day, -weekday)
}

/** The week that a meeting held now looks back on. */
export function lastFinishedWeek(now: number): string {
  return plusDays(mondayOf(today(now)), -7)
}

export function sayDay(day: string, language: 'zh' | 'en'): string {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', day: 'numeric' }).format(at(day))
}
