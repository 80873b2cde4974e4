import { Refusal } from '@/api/refusal'
import { hexDigest } from '@/capture/digest'

export type Fetched = (url: string) => Promise<ArrayBuffer>

async function fetched(url: string): Promise<ArrayBuffer> {
  let answer: Response
  try {
    answer = await fetch(url, { credentials: 'same-origin', cache: 'no-store' })
  } catch {
    throw Refusal.offline()
  }
  if (!answer.ok) throw Refusal.of(answer.status, null)
  return answer.arrayBuffer()
}

/**
 * Reads the paper and compares its SHA-256 with the one to be signed; refuses with `client_document_differs`.
 * False where this browser cannot compute a digest, so that nothing was compared.
 */
export async function documentIs(url: string, sha256: string, read: Fetched = fetched): Promise<boolean> {
  if (!globalThis.crypto?.subtle) return false
  if ((await hexDigest(await read(url))) !== sha256) throw Refusal.differs()
  return true
}
