// The dictionary of the intake and delegation pages; it loads with them. The desk's words are known here too.
import { computed } from 'vue'
import { language, t as deskWord, type Word } from '../words'
import { en } from './words.en'
import { zh, type VisitWord } from './words.zh'

export type { VisitWord }
export { language }

const dictionary = computed<Readonly<Record<VisitWord, string>>>(() => (language.value === 'en' ? en : zh))
const mine = (word: string): word is VisitWord => word in zh

export function t(word: VisitWord | Word, values: Readonly<Record<string, string | number>> = {}): string {
  if (!mine(word)) return deskWord(word, values)
  return dictionary.value[word].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}
