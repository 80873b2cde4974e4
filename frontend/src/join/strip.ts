import type { CallPhase, Hindrance, Level, LinkState } from '@/call'
import type { TextKey } from '@/i18n'

export interface StripFacts {
  phase: CallPhase
  hindrance: Hindrance | null
  level: Level | null
  socketOpen: boolean
  publishing: LinkState
  link: 'GOOD' | 'WEAK' | 'LOST' | null
}

export interface Strip {
  text: TextKey
  /** Whether the person can do something about it here. */
  resume: boolean
}

const say = (text: TextKey, resume = false): Strip => ({ text, resume })
/** Those that stop the picture; the others only announce themselves. */
const STOPPING: ReadonlySet<Hindrance> = new Set(['phone_call', 'background', 'camera_taken', 'permission', 'unplugged'])

/** One calm line at a time, the most pressing: what the phone has lost, then the line, then what may come. */
export function stripOf(facts: StripFacts): Strip | null {
  const { hindrance, phase } = facts
  if (hindrance && STOPPING.has(hindrance)) return say(`hindrance_${hindrance}`, phase === 'interrupted')
  if (phase === 'interrupted') return say('call_interrupted', true)
  if (hindrance === 'network_change') return say('hindrance_network_change')
  return lineStrip(facts) ?? (hindrance ? say(`hindrance_${hindrance}`) : null)
}

function lineStrip({ socketOpen, publishing, link, level }: StripFacts): Strip | null {
  // The socket alone is gone: what the camera shows still arrives and is recorded.
  if (!socketOpen && publishing === 'up') return say('call_socket_strip')
  if (!socketOpen || publishing === 'broken' || link === 'LOST') return say('call_lost_strip')
  if (level === 'SD' || level === 'VOICE_STILLS') return say(`call_level_${level}`)
  return link === 'WEAK' ? say('call_weak_strip') : null
}
