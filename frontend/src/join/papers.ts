import { computed, shallowRef } from 'vue'
import { isRefusal } from '@/api/refusal'
import type { PapersOut } from '@/api/types'
import { api, view } from './session'

export const papers = shallowRef<PapersOut | null>(null)
/** What was issued to the applicant and not confirmed yet. */
export const unconfirmed = computed(() => papers.value?.served.filter((one) => !one.received_at) ?? [])

/** Reads what lies ready beside the record; without an answer the list before stays. */
export async function readPapers(): Promise<void> {
  const inspection = view.state?.inspection
  if (!inspection) return
  try {
    papers.value = await api.papers(inspection)
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
}
