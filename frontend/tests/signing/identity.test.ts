import { describe, expect, it } from 'vitest'
import type { Ceremony, IdentifyIn, Identity } from '@/api/signing'
import { fromBase64, toBase64 } from '@/signing/bytes'
import { documentIs } from '@/signing/document'
import { identify } from '@/signing/identity'
import { makeKey } from '@/signing/key'
import { attributesOf } from './attributes'

const DIGEST = 'ab'.repeat(32)
const ATTRIBUTES = attributesOf(DIGEST)
const CEREMONY = { id: 's1', document_sha256: DIGEST, consent: { version: '1', text: '', sha256: 'c0' } } as Ceremony

/** A server that certifies whatever key it is given, and makes one where none comes. */
class Server {
  asked: IdentifyIn[] = []
  attributes = ATTRIBUTES

  identify = (_signature: string, body: IdentifyIn): Promise<Identity> => {
    this.asked.push(body)
    if (!body.public_key) return Promise.resolve({ certificate: null, attributes: null, key: 'server', expires_at: '' })
    return Promise.resolve({ certificate: '', attributes: toBase64(this.attributes.buffer), key: 'device', expires_at: '' })
  }
}

describe('proving who signs', () => {
  it('makes a key that cannot be read out and signs the attributes with it', async () => {
    const server = new Server()
    const held = await identify(server, CEREMONY, '123456')
    const [asked] = server.asked
    expect(asked).toMatchObject({ code: '123456', consent_sha256: 'c0' })
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    const key = await crypto.subtle.importKey('spki', fromBase64(asked?.public_key ?? ''), algorithm, false, ['verify'])
    const signature = fromBase64((await held.sign()) ?? '')
    expect(signature.length).toBe(64)
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, ATTRIBUTES)).toBe(true)
    expect(held.key).toBe('device')
  })

  it('sends the same signature when the same wish is sent again', async () => {
    const held = await identify(new Server(), CEREMONY, null)
    expect(await held.sign()).toBe(await held.sign())
  })

  it('asks the server for a one-time key where the browser has no WebCrypto', async () => {
    const server = new Server()
    const held = await identify(server, CEREMONY, null, () => Promise.resolve(null))
    expect(server.asked[0]?.public_key).toBeNull()
    expect(held.key).toBe('server')
    expect(await held.sign()).toBeNull()
  })

  it('does not sign attributes of another document', async () => {
    const server = new Server()
    server.attributes = attributesOf('cd'.repeat(32))
    await expect(identify(server, CEREMONY, null)).rejects.toMatchObject({ code: 'client_document_differs', temporary: false })
  })
})

describe('a key for one signature', () => {
  it('is not made where the browser refuses', async () => {
    const refusing = { generateKey: () => Promise.reject(new DOMException('no curve', 'NotSupportedError')) }
    expect(await makeKey(refusing as unknown as SubtleCrypto)).toBeNull()
  })
})

describe('the paper as downloaded', () => {
  const bytes = new TextEncoder().encode('笔录').buffer as ArrayBuffer
  const read = () => Promise.resolve(bytes)

  it('is the one to be signed, by its digest', async () => {
    const sha256 = 'b67cd9eb6a5f3f6b6ba4a1fbd2b0d2f9e0b7ea1b9cdc0e4b2b4bb1b2e7b3ddc1'
    const own = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('')
    expect(await documentIs('/x.pdf', own, read)).toBe(true)
    await expect(documentIs('/x.pdf', sha256, read)).rejects.toMatchObject({ code: 'client_document_differs' })
  })
})
