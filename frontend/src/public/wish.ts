// What a citizen has filled in, what of it is wrong, and what is sent. Knows no screen and no storage.
import type { PersonType } from './api'
import type { PublicKey } from './words.zh'

export const NEEDS = ['DISABLED', 'ELDERLY', 'DIALECT', 'SIGN_LANGUAGE'] as const
export type Need = (typeof NEEDS)[number]

export interface Place {
  longitude: number
  latitude: number
  accuracy: number
}

export interface Draft {
  phone: string
  contact: string
  person: PersonType
  applicant: string
  bundle: string
  items: string[]
  address: string
  place: Place | null
  /** A half day as `halfDays` names it; empty: as soon as possible. */
  when: string
  needs: Need[]
  staff: string
  wish: string
  agreed: boolean
}

export function emptyDraft(): Draft {
  return {
    phone: '', contact: '', person: 'PERSON', applicant: '', bundle: '', items: [], address: '', place: null, when: '', needs: [], staff: '', wish: '', agreed: false,
  }
}

/** Whether nobody has filled in anything yet. */
export function isEmpty(draft: Draft): boolean {
  return JSON.stringify(draft) === JSON.stringify({ ...emptyDraft(), person: draft.person })
}

/** The body of POST /public/{code}/delegations. */
export interface Wish {
  phone: string
  contact_name: string
  applicant_name: string
  person_type: PersonType
  items: string[]
  bundle?: string
  address: string
  longitude?: number
  latitude?: number
  needs: Need[]
  wish: string
  preferred: { from: string; until: string } | null
  wanted_staff?: string
  not_duplicate: boolean
}

/** The fields of the form, in its order: the first wrong one gets the focus. */
export const FIELDS = ['phone', 'contact', 'applicant', 'items', 'address', 'place', 'when', 'staff', 'wish', 'agreed'] as const
export type Field = (typeof FIELDS)[number]
export type Wrong = Partial<Record<Field, string>>

// The server's name of a field, and where it stands on this form.
const PLACES: Readonly<Record<string, Field>> = {
  phone: 'phone', contact_name: 'contact', applicant_name: 'applicant', items: 'items', bundle: 'items', address: 'address',
  longitude: 'place', latitude: 'place', window: 'when', preferred: 'when', wanted_staff: 'staff', wish: 'wish',
}

const DIGITS = /^(?:\+?86)?(?:1[3-9]\d{9}|0\d{2,3}\d{7,8}|\d{5,6}|400\d{7})$/

/** What can be seen to be wrong before it is sent; the server has the last word. */
export function check(draft: Draft, t: (key: PublicKey) => string): Wrong {
  const wrong: Wrong = {}
  if (!DIGITS.test(draft.phone.normalize('NFKC').replace(/[\s\-()（）.·]/g, ''))) wrong.phone = t('check_phone')
  if (!draft.contact.trim()) wrong.contact = t('check_contact')
  if (draft.person === 'FIRM' && !draft.applicant.trim()) wrong.applicant = t('check_firm')
  if (draft.items.length === 0) wrong.items = t('check_items')
  if (draft.address.trim().length < 4) wrong.address = t('check_address')
  if (!draft.agreed) wrong.agreed = t('check_agree')
  return wrong
}

/** The refusal's fields, at the places of this form; null when it names none that is here. */
export function wrongOf(fields: Readonly<Record<string, unknown>>): Wrong | null {
  const errors = fields['errors'] ?? fields
  if (typeof errors !== 'object' || errors === null) return null
  const wrong: Wrong = {}
  for (const [name, text] of Object.entries(errors)) {
    const field = PLACES[name]
    if (field && typeof text === 'string') wrong[field] ??= text
  }
  return Object.keys(wrong).length > 0 ? wrong : null
}

export function wishOf(draft: Draft, notDuplicate = false): Wish {
  const contact = draft.contact.trim()
  return {
    phone: draft.phone.trim(),
    contact_name: contact,
    applicant_name: draft.applicant.trim() || contact,
    person_type: draft.person,
    items: [...draft.items],
    ...(draft.bundle ? { bundle: draft.bundle } : {}),
    address: draft.address.trim(),
    ...(draft.place ? { longitude: draft.place.longitude, latitude: draft.place.latitude } : {}),
    needs: [...draft.needs],
    wish: draft.wish.trim(),
    preferred: spanOf(draft.when),
    ...(draft.staff ? { wanted_staff: draft.staff } : {}),
    not_duplicate: notDuplicate,
  }
}

const HALVES = { am: ['08:30', '12:00'], pm: ['13:30', '17:30'] } as const
export type Half = keyof typeof HALVES
// So long before a half day ends somebody can still come in it.
const ROOM_MS = 2 * 3_600_000

export interface HalfDay {
  value: string
  day: string
  half: Half
}

/** The half days of a list of days (「2026-11-23」) that can still be wished for. */
export function halfDays(days: readonly string[], now: Date): HalfDay[] {
  const all = days.flatMap((day) => (['am', 'pm'] as const).map((half) => ({ value: `${day}/${half}`, day, half })))
  return all.filter(({ value }) => Date.parse(spanOf(value)?.until ?? '') - now.getTime() >= ROOM_MS)
}

/** A half day as instants of the bureau's clock. */
export function spanOf(value: string): { from: string; until: string } | null {
  const [day = '', half = ''] = value.split('/')
  if (half !== 'am' && half !== 'pm') return null
  const [from, until] = HALVES[half]
  return { from: `${day}T${from}:00+08:00`, until: `${day}T${until}:00+08:00` }
}
