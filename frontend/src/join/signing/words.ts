import { translator as page } from '@/i18n'
import { fill, type Params } from '@/i18n/translate'
import { en } from './words.en'
import { zh, type SigningKey } from './words.zh'

/** The words of the signing pages, fetched with them and in the page's language. */
export function t(key: SigningKey, params?: Params): string {
  return fill((page.language === 'zh' ? zh : en)[key], params)
}

export type { SigningKey }
