/** Bytes that only this browser can read again, and only for the person they were sealed for. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>
  data: ArrayBuffer
}

export class Unreadable extends Error {
  constructor() {
    super('sealed bytes could not be opened')
    this.name = 'Unreadable'
  }
}

/** AES-GCM 256; the browser keeps the key and never hands out its bytes. */
export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/**
 * Seals for one person. `label` names what is sealed and is bound to it: a box put in another's place does not open.
 */
export class Vault {
  constructor(
    private readonly key: CryptoKey,
    private readonly owner: string,
  ) {}

  async seal(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>, label: string): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    return { iv, data: await crypto.subtle.encrypt(this.how(iv, label), this.key, bytes) }
  }

  async open(sealed: Sealed, label: string): Promise<ArrayBuffer> {
    try {
      return await crypto.subtle.decrypt(this.how(sealed.iv, label), this.key, sealed.data)
    } catch {
      throw new Unreadable()
    }
  }

  sealValue(value: unknown, label: string): Promise<Sealed> {
    return this.seal(new TextEncoder().encode(JSON.stringify(value)), label)
  }

  async openValue<T>(sealed: Sealed, label: string): Promise<T> {
    return JSON.parse(new TextDecoder().decode(await this.open(sealed, label))) as T
  }

  private how(iv: Uint8Array<ArrayBuffer>, label: string): AesGcmParams {
    return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`${this.owner}\n${label}`) }
  }
}
