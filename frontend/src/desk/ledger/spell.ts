import { t } from './words'

/** Minutes as a person says them: up to three hours in minutes, up to two days in hours. */
export function spell(minutes: number): string {
  if (minutes < 180) return t('ledger.minutes', { n: minutes })
  if (minutes < 2880) return t('ledger.hours', { n: Math.round(minutes / 60) })
  return t('ledger.days', { n: Math.round(minutes / 144) / 10 })
}
