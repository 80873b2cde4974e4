import { Translator } from '@/i18n/translate'
import { zh, type FieldKey } from './words.zh'

export const translator = new Translator<FieldKey>(zh, async () => (await import('./words.en')).en)
export const t = translator.t
export type { FieldKey }
