import type { ApiClient, RequestOptions, UploadOptions } from './client'
import type {
  Appointment,
  JoinState,
  PapersOut,
  RecordOut,
  SelfResult,
  SignatureOut,
  Slot,
  StrokePoint,
  TicketOut,
  UploadedRef,
  UploadPurpose,
} from './types'

export interface PlaceIn {
  longitude: number | null
  latitude: number | null
  accuracy_m: number | null
  coordinate_system: 'WGS84'
  denied: boolean
}

export interface EvidenceUpload {
  file: Blob
  name: string
  sha256: string
  purpose: UploadPurpose
  item?: string
  request?: string
  taken_at?: string
  place?: { longitude: number; latitude: number }
}

/** What a link is for; the page shows itself accordingly. */
export type LinkPurpose = 'INSPECTION' | 'VISIT' | 'RATING'

export interface Opened {
  case_number: string
  bureau: { name: string; phone: string }
  purpose: LinkPurpose
}

export interface SignatureIn {
  document_sha256: string
  strokes: StrokePoint[][]
  width: number
  height: number
  will: true
  /** Over the signed attributes, where the signature is certified by a key of this device. */
  signature?: string | null
}

/** The applicant's side of the API. */
export class JoinApi {
  constructor(private readonly client: ApiClient) {}

  open(token: string, options?: RequestOptions) {
    return this.client.post<Opened>('/join/open', { token }, options)
  }
  resend(token: string, options?: RequestOptions) {
    return this.client.post<{ sent_to: string }>('/join/resend', { token }, options)
  }
  state(options?: RequestOptions) {
    return this.client.get<JoinState>('/join/state', options)
  }
  slots(after?: string) {
    const query = after ? `?after=${encodeURIComponent(after)}` : ''
    return this.client.get<{ slots: Slot[] }>(`/join/slots${query}`)
  }
  book(starts_at: string, options?: RequestOptions) {
    return this.client.post<Appointment>('/join/appointment', { starts_at }, options)
  }
  cancelAppointment(options?: RequestOptions) {
    return this.client.delete<unknown>('/join/appointment', options)
  }
  savePreSurveyItem(item: string, body: { self_result: SelfResult; note: string }, options?: RequestOptions) {
    return this.client.put<unknown>(`/join/pre-survey/${encodeURIComponent(item)}`, body, options)
  }
  submitPreSurvey(options?: RequestOptions) {
    return this.client.post<unknown>('/join/pre-survey', {}, options)
  }
  consent(body: { accepted: boolean; sha256: string; location_accepted: boolean }, options?: RequestOptions) {
    return this.client.post<unknown>('/join/consent', body, options)
  }
  transfer(options?: RequestOptions) {
    return this.client.post<unknown>('/join/transfer', {}, options)
  }
  /** Asked for again by who wants it, not here. */
  ticket(signal?: AbortSignal) {
    return this.client.post<TicketOut>('/join/ticket', {}, { retries: 0, ...(signal ? { signal } : {}) })
  }
  place(body: PlaceIn, options?: RequestOptions) {
    return this.client.put<null>('/join/place', body, options)
  }
  submitRectification(options?: RequestOptions) {
    return this.client.post<JoinState>('/join/rectification', {}, options)
  }
  record() {
    return this.client.get<RecordOut>('/join/record')
  }
  papers(inspection: string) {
    return this.client.get<PapersOut>(`/inspections/${encodeURIComponent(inspection)}/papers`)
  }
  /** 我已收到: of exactly the files that were shown. */
  confirmReceipt(sha256: string[], options?: RequestOptions) {
    return this.client.post<unknown>('/join/service-receipt', { sha256 }, options)
  }
  sign(signature: string, body: SignatureIn, options?: RequestOptions) {
    return this.client.post<SignatureOut>(`/signatures/${signature}/complete`, body, options)
  }
  declineSignature(signature: string, reason: string, options?: RequestOptions) {
    return this.client.post<SignatureOut>(`/signatures/${signature}/decline`, { reason }, options)
  }
  /** Sends up to 1 MB of noise and answers 204; the time it took is the measure. */
  probe(noise: Blob, options?: UploadOptions) {
    return this.client.upload<unknown>('/join/probe', noise, options)
  }
  uploadEvidence(upload: EvidenceUpload, options?: UploadOptions) {
    const form = new FormData()
    form.set('sha256', upload.sha256)
    form.set('purpose', upload.purpose)
    if (upload.item) form.set('item', upload.item)
    if (upload.request) form.set('request', upload.request)
    if (upload.taken_at) form.set('taken_at', upload.taken_at)
    if (upload.place) {
      form.set('longitude', String(upload.place.longitude))
      form.set('latitude', String(upload.place.latitude))
    }
    form.set('file', upload.file, upload.name)
    return this.client.upload<UploadedRef>('/join/evidence', form, { ...options, resumable: true })
  }
}
