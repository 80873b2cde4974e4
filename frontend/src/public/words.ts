import { Translator } from '@/i18n/translate'
import { zh, type PublicKey } from './words.zh'

export const translator = new Translator<PublicKey>(zh, async () => (await import('./words.en')).en)
export const t = translator.t
export type { PublicKey }
