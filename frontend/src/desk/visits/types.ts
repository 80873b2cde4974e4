// What the intake and the delegation pages read from the API, word for word as the API says it.
import type { Material } from '@/domain/materials'

export type PersonType = 'PERSON' | 'FIRM'
export type Channel = 'HOTLINE' | 'WEB' | 'COUNTER' | 'CASE' | 'INSPECTION'
export type Need = 'DISABLED' | 'DIALECT' | 'SIGN_LANGUAGE' | 'ELDERLY'
export type Place = [longitude: number, latitude: number]

export interface GuideLine {
  code: string
  title: string
  person_type: PersonType
  instant: boolean
  promised_days: number
  visit_minutes: number
  needs_inspection: boolean
  materials_count: number
}

export interface Bundle {
  code: string
  title: string
  items: { code: string; title: string }[]
}

export interface Guide extends GuideLine {
  materials: Material[]
  mandate_actions: { code: string; title: string }[]
}

export interface Area {
  id: string
  title: string
  polygon: Place[]
}

export interface WindowOffer {
  from: string
  until: string
  label: string
  why: string
}

export interface Duplicate {
  id: string
  number: string
  registered_at: string
  state_label: string
  items: { code: string; title: string }[]
}

export interface NewDelegation {
  phone: string
  contact_name: string
  applicant_name: string
  person_type: PersonType
  channel: Channel
  items: string[]
  bundle?: string
  address: string
  longitude?: number
  latitude?: number
  needs: Need[]
  wish: string
  door_note: string
  window: { from: string; until: string } | null
  callback_minutes: number
  not_duplicate: boolean
}
