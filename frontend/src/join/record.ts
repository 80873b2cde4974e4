import { shallowRef } from 'vue'
import { isRefusal, type Refusal } from '@/api/refusal'
import type { RecordOut, SignatureOut } from '@/api/types'
import { api, local } from './session'

export const record = shallowRef<RecordOut | null>(null)
export const recordRefusal = shallowRef<Refusal | null>(null)

/** Reads the paper; it may still be in the making, which is no error. */
export async function readRecord(): Promise<void> {
  try {
    record.value = await api.record()
    recordRefusal.value = null
    local.answered = mine()?.state === 'COMPLETED' || mine()?.state === 'DECLINED'
  } catch (error) {
    if (!isRefusal(error)) throw error
    recordRefusal.value = error.code === 'record_not_ready' ? null : error
  }
}

export function mine(): SignatureOut | null {
  return record.value?.signatures.find((signature) => signature.mine) ?? null
}

export function pageUrls(paper: RecordOut): string[] {
  return Array.from({ length: paper.pages }, (_, index) => paper.page_url.replace('{n}', String(index + 1)))
}
