import type { ApiClient, RequestOptions, UploadOptions } from './client'
import type { Instant, SignatureState } from './types'

/** What the signer's page knows of one request to sign: who asks for what, and how far it has come. */
export interface Ceremony {
  id: string
  state: SignatureState
  document_sha256: string
  document_number: string
  pages: number
  read: { pages: number[]; complete: boolean }
  consent: { version: string; text: string; sha256: string }
  identity: { needed: boolean; result: 'matched' | 'different' | 'unavailable' | null }
  code: {
    needed: boolean
    /** Masked. */
    sent_to: string | null
    expires_at: Instant | null
    resend_after: Instant | null
    tries_left: number
    locked_until: Instant | null
  }
  identified: boolean
  objection: { text: string | null; voice: boolean } | null
}

export type KeyHolder = 'device' | 'server'

export interface IdentifyIn {
  code: string | null
  consent_sha256: string
  /** Base64 PKCS#10 (DER) of a P-256 key; null where the browser cannot make one. */
  certificate_request: string | null
}

export interface Identity {
  /** PEM, valid for an hour; the server's own key gets one only when it signs. */
  certificate: string | null
  /** Base64 DER of the SET OF signed attributes (RFC 5652, 5.4) for the key of the device. */
  attributes: string | null
  key: KeyHolder
  expires_at: Instant
}

export interface ReadIn {
  pages: { page: number; ms: number }[]
  large_type: boolean
  read_aloud: boolean
}

/** The routes of one signature that both the applicant and an inspector use. */
export class SigningApi {
  constructor(private readonly client: ApiClient) {}

  ceremony(signature: string) {
    return this.client.get<Ceremony>(`/signatures/${encodeURIComponent(signature)}`)
  }
  read(signature: string, body: ReadIn, options?: RequestOptions) {
    return this.post<Ceremony>(signature, 'read', body, options)
  }
  /** `voice` is the id of a recording handed in before. */
  object(signature: string, body: { text: string; voice: string | null }, options?: RequestOptions) {
    return this.post<Ceremony>(signature, 'object', body, options)
  }
  /** A large one goes in pieces. */
  addVoice(signature: string, voice: Blob, sha256: string, options?: UploadOptions) {
    const form = new FormData()
    form.set('sha256', sha256)
    form.set('file', voice, voice.type === 'audio/mp4' ? 'voice.m4a' : 'voice.weba')
    return this.client.upload<{ id: string }>(`/signatures/${encodeURIComponent(signature)}/voice`, form, { ...options, resumable: true })
  }
  /** The number goes on to the identity service and is kept nowhere. */
  checkIdentity(signature: string, number: string, options?: RequestOptions) {
    return this.post<Ceremony>(signature, 'identity', { number }, options)
  }
  sendCode(signature: string, options?: RequestOptions) {
    return this.post<Ceremony>(signature, 'code', {}, options)
  }
  identify(signature: string, body: IdentifyIn, options?: RequestOptions) {
    return this.post<Identity>(signature, 'identify', body, options)
  }

  private post<T>(signature: string, verb: string, body: unknown, options?: RequestOptions) {
    return this.client.post<T>(`/signatures/${encodeURIComponent(signature)}/${verb}`, body, options)
  }
}
