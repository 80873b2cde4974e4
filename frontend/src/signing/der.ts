import type { Bytes } from './bytes'

export const SEQUENCE = 0x30
export const SET = 0x31
export const OCTETS = 0x04
export const OBJECT_ID = 0x06
const INTEGER = 0x02
const BITS = 0x03
const TEXT = 0x0c
/** [0], constructed: a request without attributes. */
const NO_ATTRIBUTES = Uint8Array.of(0xa0, 0)
/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758). */
const ECDSA_SHA256 = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)
/** 2.5.4.10, .11 and .3: organisation, unit, common name. */
const ORGANISATION = 10
const UNIT = 11
const COMMON_NAME = 3

/** What a certificate is asked with (PKCS#10, RFC 2986): for one signature, signed by the very key; no person is named. */
export async function certificateRequest(signature: string, spki: Bytes, sign: (bytes: Bytes) => Promise<Bytes>): Promise<Bytes> {
  const subject = value(SEQUENCE, named(ORGANISATION, '云勘验'), named(UNIT, 'SIGNER'), named(COMMON_NAME, signature))
  const asked = value(SEQUENCE, value(INTEGER, Uint8Array.of(0)), subject, spki, NO_ATTRIBUTES)
  const algorithm = value(SEQUENCE, value(OBJECT_ID, ECDSA_SHA256))
  return value(SEQUENCE, asked, algorithm, value(BITS, Uint8Array.of(0), ecdsaValue(await sign(asked))))
}

/** ECDSA-Sig-Value of r‖s, which is what WebCrypto gives. */
function ecdsaValue(raw: Bytes): Bytes {
  const half = raw.length / 2
  return value(SEQUENCE, unsigned(raw.subarray(0, half)), unsigned(raw.subarray(half)))
}

/** The shortest form; a leading zero keeps a high first bit from being a minus. */
function unsigned(bytes: Bytes): Bytes {
  const from = bytes.findIndex((byte) => byte !== 0)
  const digits = from < 0 ? Uint8Array.of(0) : bytes.subarray(from)
  return (digits[0] ?? 0) < 0x80 ? value(INTEGER, digits) : value(INTEGER, Uint8Array.of(0), digits)
}

function named(kind: number, text: string): Bytes {
  const type = value(OBJECT_ID, Uint8Array.of(0x55, 0x04, kind))
  return value(SET, value(SEQUENCE, type, value(TEXT, new TextEncoder().encode(text))))
}

function value(tag: number, ...parts: Bytes[]): Bytes {
  const size = parts.reduce((total, part) => total + part.length, 0)
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  const made = new Uint8Array(1 + length.length + size)
  made.set([tag, ...length])
  let at = 1 + length.length
  for (const part of parts) {
    made.set(part, at)
    at += part.length
  }
  return made
}
