import { describe, expect, it } from 'vitest'
import { en } from '@/i18n/en'
import { chooseLanguage, fill } from '@/i18n/translate'
import { zh } from '@/i18n/zh'

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

describe('the texts', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  })
  it('have the same places to fill in both languages', () => {
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) expect(places(en[key]), key).toEqual(places(zh[key]))
  })
  it('fill what they are given and leave the rest in sight', () => {
    expect(fill('第 {i} 页，共 {n} 页', { i: 1 })).toBe('第 1 页，共 {n} 页')
  })
})

describe('the language', () => {
  it('is Chinese wherever the reader has any Chinese', () => {
    expect(chooseLanguage('', ['en-US', 'zh-CN'])).toBe('zh')
    expect(chooseLanguage('', [])).toBe('zh')
    expect(chooseLanguage('', ['en-US', 'de'])).toBe('en')
  })
  it('is the one the address asks for', () => {
    expect(chooseLanguage('?lang=en', ['zh-CN'])).toBe('en')
    expect(chooseLanguage('?lang=zh', ['en-US'])).toBe('zh')
  })
})
