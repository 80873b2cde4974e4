// The dictionary of the ledger and of the Monday meeting; it loads with them. The desk's words are known here too.
import { computed } from 'vue'
import { language, t as deskWord, type Word } from '../words'
import { en } from './words.en'
import { zh, type LedgerWord } from './words.zh'

export type { LedgerWord }
export { language }

const dictionary = computed<Readonly<Record<LedgerWord, string>>>(() => (language.value === 'en' ? en : zh))
const mine = (word: string): word is LedgerWord => word in zh

export function t(word: LedgerWord | Word, values: Readonly<Record<string, string | number>> = {}): string {
  if (!mine(word)) return deskWord(word, values)
  return dictionary.value[word].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}
