import { toBase64, type Bytes } from './bytes'
import { certificateRequest } from './der'

/** A key for one signature: it lives in this page's memory only and cannot be read out of it. */
export interface OneTimeKey {
  /** Base64 PKCS#10, DER: asks for this key's certificate, and is signed by it. */
  request: string
  /** r‖s as base64, over the bytes as they are (ECDSA P-256, SHA-256). */
  sign: (bytes: Bytes) => Promise<string>
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }

/** For one signature. Null where the browser has no WebCrypto (old, or the page is not secure): the server then makes a key, and says so. */
export async function makeKey(signature: string, subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle): Promise<OneTimeKey | null> {
  if (!subtle) return null
  try {
    const pair = await subtle.generateKey(P256, false, ['sign'])
    const spki = new Uint8Array(await subtle.exportKey('spki', pair.publicKey))
    const sign = async (bytes: Bytes) => new Uint8Array(await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytes))
    const request = await certificateRequest(signature, spki, sign)
    return { request: toBase64(request), sign: async (bytes) => toBase64(await sign(bytes)) }
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}
