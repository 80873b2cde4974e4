// The inspection of the workspace: read, re-read, and findings saved one by one while the inspector goes on.
import { computed, reactive, type ComputedRef } from 'vue'
import { paced } from '@/api/paced'
import { api } from '../api'
import { RESULT_ORDER, type Result } from '../logic/keys'
import { useResource, type Resource } from '../resource'
import { asTrouble, isCode, type Trouble } from '../trouble'
import type { EvidenceRef, Finding, Inspection, InspectionItem } from '../types'
import { t, type Word } from '../words'

const POKE_MS = 1000

export interface Draft {
  result?: Result
  note?: string
  evidence?: string[]
  /** note: kept back until it says what was seen; waiting: to be sent; sending: under way */
  state: 'note' | 'waiting' | 'sending' | 'saved' | 'refused'
  trouble: Trouble | null
}

export type Change = Pick<Draft, 'result' | 'note' | 'evidence'>

export interface Findings {
  source: Resource<Inspection>
  /** Something changed elsewhere: read again, but not for every word of a burst. */
  poke: () => void
  items: ComputedRef<InspectionItem[]>
  drafts: Record<string, Draft>
  record: (code: string, change: Change) => Promise<void>
  flush: () => Promise<void>
  /** Wait until what was recorded here is stored and read back: only then is the version at hand ours. */
  settle: () => Promise<void>
}

export function useInspection(id: string): Findings {
  const source = useResource(() => api.inspection(id))
  const poke = paced(() => void source.reload(), POKE_MS)
  const drafts = reactive<Record<string, Draft>>({})
  const running = new Map<string, Promise<void>>()
  let reread: Promise<void> = Promise.resolve()

  const items = computed(() => (source.data.value?.items ?? []).map((item) => withDraft(item, drafts[item.code])))

  function keep(finding: Finding): void {
    const now = source.data.value
    if (!now) return
    const patched = now.items.map((item) => (item.code === finding.item ? { ...item, finding } : item))
    source.data.value = { ...now, items: patched }
  }

  function record(code: string, change: Change): Promise<void> {
    const draft: Draft = { ...drafts[code], ...change, state: 'waiting', trouble: null }
    drafts[code] = { ...draft, state: lacksNote(code, draft) ? 'note' : 'waiting' }
    const going = running.get(code)
    if (going) return going
    const run = send(code).finally(() => running.delete(code))
    running.set(code, run)
    return run
  }

  /** Anything but 符合 says what was seen; the server insists, so the desk asks before it sends. */
  function lacksNote(code: string, draft: Draft): boolean {
    const finding = source.data.value?.items.find((item) => item.code === code)?.finding
    const result = draft.result ?? finding?.result
    return result !== undefined && result !== 'CONFORMING' && !(draft.note ?? finding?.note ?? '').trim()
  }

  async function send(code: string): Promise<void> {
    for (;;) {
      const draft = drafts[code]
      const item = source.data.value?.items.find((candidate) => candidate.code === code)
      const result = draft?.result ?? item?.finding?.result
      if (!draft || !item || draft.state !== 'waiting' || !result) return
      draft.state = 'sending'
      try {
        keep(await api.find(id, code, bodyOf(item, draft, result)))
      } catch (error) {
        await refuse(code, error)
        return
      }
      // Changed again while the answer was on its way: send once more, with the version just learnt.
      if (drafts[code]?.state === 'sending') {
        drafts[code] = { state: 'saved', trouble: null }
        // What the system computes from all findings has moved with this one.
        reread = source.reload()
        return
      }
    }
  }

  async function refuse(code: string, error: unknown): Promise<void> {
    const trouble = asTrouble(error)
    if (isCode(error, 'stale_version')) {
      await source.reload()
      drafts[code] = { state: 'refused', trouble: { ...trouble, title: t('list.stale') } }
      return
    }
    const kept = drafts[code]
    if (kept) drafts[code] = { ...kept, state: 'refused', trouble }
  }

  async function flush(): Promise<void> {
    const unsent = Object.entries(drafts).filter(([, draft]) => draft.state === 'refused' && draft.trouble?.offline)
    await Promise.all(unsent.map(([code, draft]) => record(code, changeOf(draft))))
  }

  async function settle(): Promise<void> {
    await Promise.all(running.values())
    await reread
  }

  return { source, poke, items, drafts, record, flush, settle }
}

function bodyOf(item: InspectionItem, draft: Draft, result: Result) {
  return {
    result,
    note: draft.note ?? item.finding?.note ?? '',
    evidence: draft.evidence ?? citable(item),
    version: item.finding?.version ?? 0,
  }
}

/** Evidence of this call that belongs to the item; what the applicant sent beforehand proves nothing live. */
function citable(item: InspectionItem): string[] {
  return item.evidence.filter((entry: EvidenceRef) => entry.grade !== 'UPLOADED').map((entry) => entry.id)
}

function changeOf(draft: Draft): Change {
  return {
    ...(draft.result === undefined ? {} : { result: draft.result }),
    ...(draft.note === undefined ? {} : { note: draft.note }),
    ...(draft.evidence === undefined ? {} : { evidence: draft.evidence }),
  }
}

function withDraft(item: InspectionItem, draft: Draft | undefined): InspectionItem {
  const result = draft?.result ?? item.finding?.result
  if (!draft || !result) return item
  const base = item.finding ?? blankFinding(item.code, result)
  return { ...item, finding: { ...base, result, result_label: label(result), note: draft.note ?? base.note } }
}

function blankFinding(code: string, result: Result): Finding {
  return { item: code, result, result_label: label(result), note: '', evidence: [], decided_by: '', decided_at: '', version: 0 }
}

const label = (result: Result) => (RESULT_ORDER.includes(result) ? t(`result.${result}` as Word) : result)
