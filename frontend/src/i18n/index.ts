import { Translator } from './translate'
import { zh, type TextKey } from './zh'

export const translator = new Translator<TextKey>(zh, async () => (await import('./en')).en)
export const t = translator.t
export type { TextKey }
