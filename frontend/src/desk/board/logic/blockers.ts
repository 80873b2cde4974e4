// What stands in the way, as a half-sentence after “卡在”.
import { clock } from '../../logic/time'
import type { Blocker, Visit } from '../types'
import { t } from '../words'

const FEW = 3

export interface Known {
  names: ReadonlyMap<string, string>
  visits: ReadonlyMap<string, Visit>
}

export function blockerText(blocker: Blocker, visit: Visit, known: Known): string {
  const staff = blocker.staff.map((id) => known.names.get(id) ?? '—')
  const crew = staff.length > FEW ? t('blocker.crew', { names: staff.slice(0, FEW).join('、'), n: staff.length }) : staff.join('、')
  const at = blocker.at ? clock(blocker.at) : ''
  const labels = new Map(visit.skills.map((skill) => [skill.code, skill.label]))
  const skills = blocker.skills.map((code) => labels.get(code) ?? code).join('、')
  switch (blocker.kind) {
    case 'SKILL':
      return t('blocker.SKILL', { skills })
    case 'AREA':
      return t('blocker.AREA')
    case 'AGENT':
      return t('blocker.AGENT', { name: staff[0] ?? '—' })
    case 'SHIFT':
      return at ? t('blocker.SHIFT', { at }) : t('blocker.SHIFT_none')
    case 'TRAVEL':
      return at ? t('blocker.TRAVEL', { at }) : t('blocker.TRAVEL_none')
    case 'VISIT':
      return t('blocker.VISIT', { title: known.visits.get(blocker.visit ?? '')?.title ?? '—', name: staff[0] ?? '—', at })
    default:
      return t('blocker.CREW', { names: crew })
  }
}
