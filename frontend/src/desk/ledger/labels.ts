// Conditions in words. Titles of items, areas and delegates are known from the breakdowns that named them.
import { reactive } from 'vue'
import type { Breakdown } from './types'
import { t, type LedgerWord } from './words'
import { zh } from './words.zh'

const WORDS: Readonly<Record<string, Readonly<Record<string, LedgerWord>>>> = {
  kind: { DELEGATION: 'ledger.DELEGATION', INSPECTION: 'ledger.INSPECTION' },
  phase: { OPEN: 'ledger.OPEN', PAUSED: 'ledger.PAUSED', FINISHED: 'ledger.FINISHED', STOPPED: 'ledger.STOPPED' },
  grade: { GOOD: 'filter.GOOD', BAD: 'filter.BAD', NONE: 'filter.NONE' },
}
const CODED = new Set(['item', 'includes', 'area', 'delegate', 'channel'])
const known = reactive(new Map<string, string>())

const isWord = (word: string): word is LedgerWord => word in zh

export function useLabels() {
  function learn(found: Breakdown): Breakdown {
    for (const row of found.rows) known.set(`${found.by}:${row.key}`, row.label)
    return found
  }

  function value(name: string, code: string): string {
    const word = WORDS[name]?.[code]
    if (word) return t(word)
    if (!CODED.has(name)) return code
    const label = known.get(`${name === 'includes' ? 'item' : name}:${code}`)
    return label ?? (code === 'NONE' ? t('filter.nobody') : name === 'delegate' || name === 'area' ? t('filter.chosen') : code)
  }

  function say(name: string, code: string): string {
    const word = `filter.${name}`
    const title = isWord(word) ? t(word) : name
    if (name === 'obstacle' || code === 'true') return title
    return `${title} ${value(name, code)}`
  }

  return { learn, say }
}
