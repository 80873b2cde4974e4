// What the picture area says when there is no good picture: one sentence, the most pressing one.
export type PictureNote =
  | 'outside'
  | 'own_lost'
  | 'replaced'
  | 'closed'
  | 'waiting_guest'
  | 'waiting_admit'
  | 'guest_gone'
  | 'starting'
  | 'hindered'
  | 'lost'
  | 'hidden'
  | 'no_video'
  | 'voice_stills'
  | 'sd'
  | 'weak'
  | 'own_voice'
  | 'own_weak'
  | 'notice'

export interface PictureFacts {
  inside: boolean
  ended: string | null
  connected: boolean
  everConnected: boolean
  guest: {
    admitted: boolean
    online: boolean
    publishing: { video: boolean } | null
    visible: boolean
    link: 'GOOD' | 'WEAK' | 'LOST' | null
    level: 'HD' | 'SD' | 'VOICE_STILLS' | null
    /** What hinders the phone, in its own words. */
    condition: string | null
  } | null
  hasPicture: boolean
  linkUp: boolean
  /** How much of the pictures the desk's own line bears. */
  view: 'FULL' | 'HALF' | 'QUARTER' | 'VOICE'
}

export function pictureNote(facts: PictureFacts): PictureNote | null {
  if (facts.ended === 'replaced') return 'replaced'
  if (facts.ended === 'room_closed') return 'closed'
  if (!facts.inside) return 'outside'
  if (!facts.connected) return facts.everConnected ? 'own_lost' : 'starting'
  const { guest } = facts
  if (!guest || (!guest.online && !guest.admitted)) return 'waiting_guest'
  if (!guest.admitted) return 'waiting_admit'
  if (!guest.online) return 'guest_gone'
  return mediaNote(facts, guest)
}

function mediaNote(facts: PictureFacts, guest: NonNullable<PictureFacts['guest']>): PictureNote | null {
  const lost = guest.condition ? 'hindered' : 'lost'
  if (guest.condition === 'background') return 'hindered'
  if (guest.link === 'LOST') return lost
  if (!guest.visible) return 'hidden'
  if (!facts.hasPicture) return 'starting'
  if (!facts.linkUp) return lost
  if (guest.publishing?.video === false) return guest.condition ? 'hindered' : 'no_video'
  // A telephone call may take the sound and leave the picture: it stays to be seen.
  return levelNote(guest) ?? viewNote(facts.view) ?? (guest.condition ? 'notice' : null)
}

function levelNote({ level, link }: NonNullable<PictureFacts['guest']>): PictureNote | null {
  if (level === 'VOICE_STILLS') return 'voice_stills'
  if (level === 'SD') return 'sd'
  return link === 'WEAK' ? 'weak' : null
}

function viewNote(view: PictureFacts['view']): PictureNote | null {
  if (view === 'FULL') return null
  return view === 'VOICE' ? 'own_voice' : 'own_weak'
}

/** Notes that leave the picture readable stand at its edge; the others cover it. */
export const AT_EDGE: ReadonlySet<PictureNote> = new Set(['weak', 'own_lost', 'sd', 'voice_stills', 'own_voice', 'own_weak', 'notice'])
