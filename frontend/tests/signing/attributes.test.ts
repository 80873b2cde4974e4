import { describe, expect, it } from 'vitest'
import { messageDigestOf } from '@/signing/attributes'
import { attributesOf, der, digestAttribute } from './attributes'

const DIGEST = 'ab'.repeat(32)

describe('the digest within signed attributes', () => {
  it('is the one they are about', () => {
    expect(messageDigestOf(attributesOf(DIGEST))).toBe(DIGEST)
  })
  it('is none where there are two of them', () => {
    expect(messageDigestOf(attributesOf(DIGEST, digestAttribute('cd'.repeat(32))))).toBeNull()
  })
  it('is none where something follows the attributes', () => {
    expect(messageDigestOf(Uint8Array.from([...attributesOf(DIGEST), 0]))).toBeNull()
  })
  it('is none where the bytes end early', () => {
    const whole = attributesOf(DIGEST)
    for (const length of [0, 1, 3, 40, whole.length - 1]) expect(messageDigestOf(whole.slice(0, length))).toBeNull()
  })
  it('is none where the bytes are no set', () => {
    expect(messageDigestOf(der(0x30, digestAttribute(DIGEST)))).toBeNull()
    expect(messageDigestOf(Uint8Array.from([0x31, 0x80, 0, 0]))).toBeNull()
  })
})
