import { describe, expect, it } from 'vitest'
import { en } from '@/desk/board/words.en'
import { zh, type BoardWord } from '@/desk/board/words.zh'

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

describe('the board’s words', () => {
  it('have the same places to fill in both languages', () => {
    for (const key of Object.keys(zh) as BoardWord[]) expect(places(en[key]), key).toEqual(places(zh[key]))
  })
})
