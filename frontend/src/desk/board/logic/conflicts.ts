// A refusal of the board as a next step: which button stands beside its sentence.
import type { Refusal } from '@/api/refusal'
import type { Alternative } from '../types'

export type NextStep = 'reload' | 'choose_time' | 'agree_time' | 'show_visits' | 'replan' | 'retry' | 'dismiss'

const STEPS: Readonly<Record<string, NextStep>> = {
  // The board was read again with the refusal: what stands now is in view already.
  stale_version: 'dismiss',
  board_changed: 'reload',
  order_changed: 'reload',
  visit_unknown: 'reload',
  visit_over: 'reload',
  visit_under_way: 'reload',
  plan_not_ready: 'reload',
  plan_unfit: 'replan',
  promise_broken: 'show_visits',
  slot_taken: 'choose_time',
  time_taken: 'choose_time',
  move_refused: 'choose_time',
  window_gone: 'agree_time',
  video_impossible: 'reload',
}

export function nextStep(refusal: Refusal): NextStep {
  if (refusal.temporary) return 'retry'
  return STEPS[refusal.code] ?? 'dismiss'
}

export interface NamedVisit {
  visit: string | null
  title?: string
  text: string
}

/** The visits a refusal names. */
export function namedVisits(refusal: Refusal): NamedVisit[] {
  const named = refusal.fields['visits'] ?? refusal.fields['violations']
  return Array.isArray(named) ? (named as NamedVisit[]) : []
}

/** Places that were checked for the refused wish. */
export function checkedPlaces(refusal: Refusal): Alternative[] {
  const places = refusal.fields['alternatives']
  // A promise refused comes with windows instead; those are chosen in their own dialog.
  return Array.isArray(places) ? (places as Alternative[]).filter((place) => place.starts_at) : []
}
