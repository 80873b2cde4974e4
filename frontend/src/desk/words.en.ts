import { zh, type Word } from './words.zh'

export const en: Record<Word, string> = zh
