import { describe, expect, it } from 'vitest'
import { en } from '@/field/words.en'
import { zh } from '@/field/words.zh'
import { en as signingEn } from '@/join/signing/words.en'
import { zh as signingZh } from '@/join/signing/words.zh'
import { en as visitEn } from '@/join/visit/words.en'
import { zh as visitZh } from '@/join/visit/words.zh'
import { en as publicEn } from '@/public/words.en'
import { zh as publicZh } from '@/public/words.zh'

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe.each([
  ['field', zh, en],
  ['visit', visitZh, visitEn],
  ['signing', signingZh, signingEn],
  ['public', publicZh, publicEn],
] as const)('the words of %s', (_name, chinese: Record<string, string>, english: Record<string, string>) => {
  it('say the same things in both languages', () => {
    expect(Object.keys(english)).toEqual(Object.keys(chinese))
    for (const [key, text] of Object.entries(chinese)) expect(names(english[key] ?? ''), key).toEqual(names(text))
  })
})
