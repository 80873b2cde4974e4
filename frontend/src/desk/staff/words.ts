// The dictionary of the people page; it loads with it. The desk's words are known here too.
import { computed } from 'vue'
import { language, t as deskWord, type Word } from '../words'
import { en } from './words.en'
import { zh, type StaffWord } from './words.zh'

export type { StaffWord }
export { language }

const dictionary = computed<Readonly<Record<StaffWord, string>>>(() => (language.value === 'en' ? en : zh))
const mine = (word: string): word is StaffWord => word in zh

export function t(word: StaffWord | Word, values: Readonly<Record<string, string | number>> = {}): string {
  if (!mine(word)) return deskWord(word, values)
  return dictionary.value[word].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}
