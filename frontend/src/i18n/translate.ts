export type Params = Record<string, string | number>
export type Language = 'zh' | 'en'

/** Fills `{name}` in a text; a name without a value stays visible, so that it is found. */
export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

/** Asked for by the address, else by the browser: English only where the reader's languages hold no Chinese. */
export function chooseLanguage(search: string, languages: readonly string[]): Language {
  const asked = new URLSearchParams(search).get('lang')
  if (asked === 'en' || asked === 'zh') return asked
  const chinese = languages.length === 0 || languages.some((language) => language.toLowerCase().startsWith('zh'))
  return chinese ? 'zh' : 'en'
}

/** A dictionary in use; the second language is fetched only when it is read. */
export class Translator<Key extends string> {
  language: Language = 'zh'
  private words: Record<Key, string>

  constructor(
    private readonly zh: Record<Key, string>,
    private readonly loadEn: () => Promise<Record<Key, string>>,
  ) {
    this.words = zh
  }

  async use(language: Language): Promise<void> {
    this.words = language === 'zh' ? this.zh : await this.loadEn()
    this.language = language
  }

  t = (key: Key, params?: Params): string => fill(this.words[key], params)
}
