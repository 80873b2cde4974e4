// A promised window as it is read out: the day by name, then from and until.
import { serverNow } from '../../clock'
import { clock, spoken } from '../../logic/time'
import type { Visit } from '../types'
import { language } from '../words'

export function promiseText(visit: Pick<Visit, 'promised_from' | 'promised_until'>): string {
  if (!visit.promised_from || !visit.promised_until) return ''
  return `${spoken(visit.promised_from, serverNow(), language.value)}–${clock(visit.promised_until)}`
}
