import { Refusal } from '@/api/refusal'
import type { Ceremony, KeyHolder, SigningApi } from '@/api/signing'
import { messageDigestOf } from './attributes'
import { fromBase64 } from './bytes'
import { makeKey } from './key'

/** Who signs is known and certified, for this document and for an hour. */
export interface Held {
  key: KeyHolder
  /** The signature as the server takes it, made once; null where the server signs with its own one-time key. */
  sign: () => Promise<string | null>
}

/**
 * Makes the key, proves who is there and gets the certificate.
 * Refuses with `client_document_differs` when what is to be signed is about another document.
 */
export async function identify(api: Pick<SigningApi, 'identify'>, ceremony: Ceremony, code: string | null, make = makeKey): Promise<Held> {
  const key = await make(ceremony.id)
  const answer = await api.identify(ceremony.id, { code, consent_sha256: ceremony.consent.sha256, certificate_request: key?.request ?? null })
  if (!key) return { key: 'server', sign: () => Promise.resolve(null) }
  const attributes = fromBase64(answer.attributes ?? '')
  if (messageDigestOf(attributes) !== ceremony.document_sha256) throw Refusal.differs()
  let made: Promise<string> | undefined
  return { key: 'device', sign: () => (made ??= key.sign(attributes)) }
}
