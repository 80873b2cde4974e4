// The dictionary of signing. The desk's words are known here too.
import { computed } from 'vue'
import { language, t as deskWord, type Word } from '../words'
import { en } from './words.en'
import { zh, type ClosingWord } from './words.zh'

export type { ClosingWord }
export { language }

const dictionary = computed<Readonly<Record<ClosingWord, string>>>(() => (language.value === 'en' ? en : zh))
const mine = (word: string): word is ClosingWord => word in zh

export function t(word: ClosingWord | Word, values: Readonly<Record<string, string | number>> = {}): string {
  if (!mine(word)) return deskWord(word, values)
  return dictionary.value[word].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}
