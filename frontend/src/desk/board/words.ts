// The board's own dictionary: it loads with the board. The desk's words are known here too.
import { computed } from 'vue'
import { language, t as deskWord, type Word } from '../words'
import { en } from './words.en'
import { zh, type BoardWord } from './words.zh'

export type { BoardWord }
export { language }

const dictionary = computed<Readonly<Record<BoardWord, string>>>(() => (language.value === 'en' ? en : zh))
const mine = (word: string): word is BoardWord => word in zh

export function t(word: BoardWord | Word, values: Readonly<Record<string, string | number>> = {}): string {
  if (!mine(word)) return deskWord(word, values)
  return dictionary.value[word].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}

/** For codes of the API: the word of `prefix.code`, else the code itself. */
export function tCode(prefix: string, code: string): string {
  const word = `${prefix}.${code}`
  return mine(word) ? t(word) : code
}

export function hours(seconds: number): string {
  return t('board.hours', { n: (seconds / 3600).toFixed(1) })
}

export function minutes(seconds: number): string {
  return t('board.minutes', { n: Math.round(seconds / 60) })
}
