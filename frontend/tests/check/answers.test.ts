import { describe, expect, it } from 'vitest'
import { answerFor, rootAnswer } from '@/check/answers'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)

describe('what the check page says', () => {
  it('names the registered file that the chosen one is', () => {
    expect(answerFor(A, [{ digest: A, label: '第 1 版 签发的文书', caveat: '' }])).toEqual({ good: true, text: expect.stringContaining('第 1 版 签发的文书') })
  })

  it('does not call good what is registered and yet does not count', () => {
    const said = answerFor(A, [{ digest: A, label: '第 1 版 待签名的文书', caveat: '已经改版' }])
    expect(said).toEqual({ good: null, text: expect.stringContaining('已经改版') })
  })

  it('says of any other file that it is not registered, with its digest', () => {
    const said = answerFor(B, [{ digest: A, label: '签发的文书', caveat: '' }])
    expect(said.good).toBe(false)
    expect(said.text).toContain(B)
  })

  it('compares the root in the code with that of the site, when there is one', () => {
    expect(rootAnswer(A.toUpperCase(), A)?.good).toBe(true)
    expect(rootAnswer(B, A)?.good).toBe(false)
    expect(rootAnswer('', A)).toBeNull()
  })
})
