import { shallowReactive } from 'vue'
import type { Receipt } from '@/api/types'

const KEY = 'join-receipts'
const MOST = 200

/** What this phone was given for its photos, by evidence id: its proof against the bureau. */
export const receipts = shallowReactive(new Map<string, Receipt>(read()))

export function keepReceipt(evidence: string, receipt: Receipt): void {
  receipts.set(evidence, receipt)
  for (const oldest of [...receipts.keys()].slice(0, -MOST)) receipts.delete(oldest)
  try {
    localStorage.setItem(KEY, JSON.stringify([...receipts]))
  } catch (error) {
    // A full or closed storage keeps the receipt for this page only; the server gives it again.
    if (!(error instanceof DOMException)) throw error
  }
}

/** The receipt as the server has it now, by then under a signed checkpoint. */
export const receiptAddress = (evidence: string) => `/api/join/evidence/${evidence}/receipt?entry=join`

function read(): [string, Receipt][] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as [string, Receipt][]
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return []
    throw error
  }
}
