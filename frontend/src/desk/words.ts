// The desk's own dictionary: it stays out of the applicant's bundle.
import { computed, ref } from 'vue'
import { en } from './words.en'
import { zh, type Word } from './words.zh'

export type Language = 'zh' | 'en'
export type { Word }

const KEPT = 'fieldsvc.language'
const kept = (): Language => {
  try {
    return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh'
  } catch {
    // Storage may be forbidden by the browser's policy; the language is then that of the page.
    return 'zh'
  }
}

export const language = ref<Language>(kept())
const dictionary = computed<Readonly<Record<Word, string>>>(() => (language.value === 'en' ? en : zh))

export function setLanguage(next: Language): void {
  language.value = next
  document.documentElement.lang = next === 'en' ? 'en' : 'zh-CN'
  try {
    localStorage.setItem(KEPT, next)
  } catch {
    return
  }
}

export function t(word: Word, values: Readonly<Record<string, string | number>> = {}): string {
  return dictionary.value[word].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}

/** For codes of the API: the word of `prefix.code`, or of `prefix.other` with the code named. */
export function tCode(prefix: string, code: string | null | undefined): string {
  const word = `${prefix}.${code ?? ''}`
  if (word in zh) return t(word as Word)
  const other = `${prefix}.other`
  return other in zh ? t(other as Word, { code: code ?? '—' }) : (code ?? '—')
}
