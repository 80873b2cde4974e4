// What may be done next with an unresolved matter: the forms follow each other, a head signs some of them.
import type { Matter } from './types'

export type Step = 'register' | 'propose' | 'assign' | 'reply' | 'return' | 'extend' | 'close'

export interface Hand {
  handles: boolean
  isHead: boolean
  now: number
}

export function stepsOf(row: Pick<Matter, 'state' | 'extended' | 'due_at'>, { handles, isHead, now }: Hand): Step[] {
  if (!handles || row.state === 'CLOSED') return []
  const next: Record<Exclude<Matter['state'], 'CLOSED'>, Step[]> = {
    REGISTERED: isHead ? ['assign', 'propose'] : ['propose'],
    PROPOSED: isHead ? ['assign'] : [],
    ASSIGNED: ['reply'],
    REPLIED: isHead ? ['close', 'return'] : ['close'],
  }
  const mayExtend = isHead && !row.extended && Date.parse(row.due_at) > now
  return [...next[row.state], ...(mayExtend ? (['extend'] as const) : [])]
}
