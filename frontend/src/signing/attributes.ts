import { toHex, type Bytes } from './bytes'
import { OBJECT_ID, OCTETS, SEQUENCE, SET } from './der'

/** 1.2.840.113549.1.9.4, messageDigest of CMS. */
const MESSAGE_DIGEST = '2a864886f70d010904'

interface Value {
  tag: number
  content: Bytes
  end: number
}

/**
 * The digest that the signed attributes are about, as hex; null where the bytes are not DER attributes with exactly one.
 * RFC 5652, 5.3 and 11.2: Attribute ::= SEQUENCE { attrType, attrValues SET OF }.
 */
export function messageDigestOf(attributes: Bytes): string | null {
  const set = valueAt(attributes, 0)
  if (set?.tag !== SET || set.end !== attributes.length) return null
  const digests = valuesIn(set.content)?.map(digestIn).filter((digest) => digest !== null)
  return digests?.length === 1 ? (digests[0] ?? null) : null
}

function digestIn(attribute: Value): string | null {
  if (attribute.tag !== SEQUENCE) return null
  const [type, values] = valuesIn(attribute.content) ?? []
  if (type?.tag !== OBJECT_ID || toHex(type.content) !== MESSAGE_DIGEST || values?.tag !== SET) return null
  const [digest, ...others] = valuesIn(values.content) ?? []
  return digest?.tag === OCTETS && others.length === 0 ? toHex(digest.content) : null
}

function valuesIn(content: Bytes): Value[] | null {
  const found: Value[] = []
  for (let at = 0; at < content.length; ) {
    const value = valueAt(content, at)
    if (!value) return null
    found.push(value)
    at = value.end
  }
  return found
}

function valueAt(bytes: Bytes, at: number): Value | null {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return null
  const longBy = first < 0x80 ? 0 : first - 0x80
  // An indefinite length (0x80) is no DER; attributes of more than 64 KB are none of ours.
  if (first === 0x80 || longBy > 2) return null
  const start = at + 2 + longBy
  const length = longBy === 0 ? first : bytes.subarray(at + 2, start).reduce((total, byte) => total * 256 + byte, 0)
  const end = start + length
  return end > bytes.length ? null : { tag, content: bytes.subarray(start, end), end }
}
