// The dictionary of the custody page; it loads with it. The desk's words are known here too.
import { computed } from 'vue'
import { language, t as deskWord, type Word } from '../words'
import { en } from './words.en'
import { zh, type CustodyWord } from './words.zh'

export type { CustodyWord }

const dictionary = computed<Readonly<Record<CustodyWord, string>>>(() => (language.value === 'en' ? en : zh))
const mine = (word: string): word is CustodyWord => word in zh

export function t(word: CustodyWord | Word, values: Readonly<Record<string, string | number>> = {}): string {
  if (!mine(word)) return deskWord(word, values)
  return dictionary.value[word].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}
