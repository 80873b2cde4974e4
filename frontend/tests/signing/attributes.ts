/** Signed attributes as a server writes them, byte by byte. */
type Bytes = Uint8Array<ArrayBuffer>

const MESSAGE_DIGEST = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04]
const CONTENT_TYPE = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03]
const DATA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]

export function der(tag: number, ...parts: (number[] | Bytes)[]): Bytes {
  const content = parts.flatMap((part) => [...part])
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Uint8Array.from([tag, ...size, ...content])
}

const attribute = (type: number[], value: Bytes) => der(0x30, der(0x06, type), der(0x31, value))
export const fromHex = (hex: string): number[] => (hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16))

export function digestAttribute(hex: string): Bytes {
  return attribute(MESSAGE_DIGEST, der(0x04, fromHex(hex)))
}

/** contentType, messageDigest and a long third, so that lengths of more than one byte occur. */
export function attributesOf(hex: string, ...more: Bytes[]): Bytes {
  const long = attribute([0x55, 0x04, 0x03], der(0x04, new Array<number>(300).fill(7)))
  return der(0x31, attribute(CONTENT_TYPE, der(0x06, DATA)), digestAttribute(hex), long, ...more)
}
