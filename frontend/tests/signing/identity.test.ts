import { describe, expect, it } from 'vitest'
import type { Ceremony, IdentifyIn, Identity } from '@/api/signing'
import { fromBase64, toBase64, type Bytes } from '@/signing/bytes'
import { documentIs } from '@/signing/document'
import { identify } from '@/signing/identity'
import { makeKey } from '@/signing/key'
import { attributesOf } from './attributes'

const DIGEST = 'ab'.repeat(32)
const ATTRIBUTES = attributesOf(DIGEST)
const CEREMONY = { id: 's1', document_sha256: DIGEST, consent: { version: '1', text: '', sha256: 'c0' } } as Ceremony

/** Bytes of the DER value at `at`, with its head. */
function derLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 1] ?? 0
  if (first < 0x80) return 2 + first
  const more = first - 0x80
  return 2 + more + bytes.subarray(at + 2, at + 2 + more).reduce((total, byte) => total * 256 + byte, 0)
}

/** Of a P-256 key, beginning where all of them begin the same (RFC 5480). */
function spkiOf(request: Bytes): Bytes {
  const start = [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86]
  const at = request.findIndex((_, from) => start.every((byte, index) => request[from + index] === byte))
  return request.slice(at, at + 91)
}

/** A server that certifies whatever key it is given, and makes one where none comes. */
class Server {
  asked: IdentifyIn[] = []
  attributes = ATTRIBUTES

  identify = (_signature: string, body: IdentifyIn): Promise<Identity> => {
    this.asked.push(body)
    if (!body.certificate_request) return Promise.resolve({ certificate: null, attributes: null, key: 'server', expires_at: '' })
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
    const key = await crypto.subtle.importKey('spki', spkiOf(fromBase64(asked?.certificate_request ?? '')), algorithm, false, ['verify'])
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
    expect(server.asked[0]?.certificate_request).toBeNull()
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
  it('asks for its certificate in a request that it signed itself, about this signature alone', async () => {
    for (let tries = 0; tries < 20; tries += 1) {
      const { request } = (await makeKey('0190-abcd')) ?? { request: '' }
      const bytes = Buffer.from(request, 'base64')
      expect(bytes.includes(Buffer.from('云勘验'))).toBe(true)
      expect(bytes.includes(Buffer.from('SIGNER'))).toBe(true)
      expect(bytes.includes(Buffer.from('0190-abcd'))).toBe(true)
      // What it consists of ends where the whole ends: no length is wrong, whatever r and s begin with.
      const whole = derLength(bytes, 0)
      expect(whole).toBe(bytes.length)
    }
  })

  it('is not made where the browser refuses', async () => {
    const refusing = { generateKey: () => Promise.reject(new DOMException('no curve', 'NotSupportedError')) }
    expect(await makeKey('s1', refusing as unknown as SubtleCrypto)).toBeNull()
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
