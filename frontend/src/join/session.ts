import { computed, reactive, shallowReactive } from 'vue'
import { ApiClient } from '@/api/client'
import { JoinApi, type LinkPurpose } from '@/api/join'
import { isRefusal, Refusal } from '@/api/refusal'
import type { JoinState, UploadedRef } from '@/api/types'
import { UploadOutbox, type NewUpload, type UploadStatus } from '@/capture/outbox'
import { BrowserStore, MemoryStore } from '@/capture/store'
import { screenFor, type Local } from '@/domain/screen'
import { t } from '@/i18n'
import { keepReceipt } from './receipts'

const POLL_MS = 5000
const LINK_KEY = 'join-link'
const PURPOSE_KEY = 'join-purpose'

export type StillListener = (request: string, result: { evidence: string } | { code: string }) => void

interface View {
  phase: 'opening' | 'problem' | 'ready'
  /** A visit's and a rating's pages are fetched only when the link is for them. */
  purpose: LinkPurpose
  problem: Refusal | null
  state: JoinState | null
  offline: boolean
  uploads: UploadStatus[]
  now: Date
}

export const client = new ApiClient('join')
export const api = new JoinApi(client)

export const view = shallowReactive<View>({ phase: 'opening', purpose: 'INSPECTION', problem: null, state: null, offline: false, uploads: [], now: new Date() })

export const local = reactive<Local>({
  surveySkipped: false,
  atSurvey: false,
  consentAccepted: false,
  entered: false,
  admitted: false,
  atRecord: false,
  answered: false,
})

export const screen = computed(() => (view.state ? screenFor(view.state.step, local) : null))
export const words = { get today() { return t('today') }, get tomorrow() { return t('tomorrow') } }

let outbox: UploadOutbox | null = null
let clockOffset = 0

/** The server's clock: phones are often minutes off. */
export function serverNow(): Date {
  return new Date(Date.now() + clockOffset)
}
let stillListener: StillListener = () => undefined
let socketOpen = false
let reading: Promise<void> | null = null
let again = false

/** The token of the address, taken out of it at once: it must not stay in the history or on a screenshot. */
function takeToken(): string | null {
  const token = decodeURIComponent(location.hash.slice(1))
  if (!token) return sessionStorage.getItem(LINK_KEY)
  history.replaceState(null, '', location.pathname + location.search)
  sessionStorage.setItem(LINK_KEY, token)
  return token
}

let token: string | null = null

export function linkToCopy(): string {
  return token ? `${location.origin}/j/#${encodeURIComponent(token)}` : `${location.origin}/j/`
}

export function linkToken(): string | null {
  return token
}

export async function openLink(): Promise<void> {
  const fresh = location.hash.length > 1
  token = takeToken()
  view.phase = 'opening'
  view.problem = null
  try {
    if (fresh && token) remember((await api.open(token)).purpose)
    view.purpose = purposeOf(localStorage.getItem(PURPOSE_KEY))
    if (view.purpose !== 'INSPECTION') {
      view.phase = 'ready'
      return
    }
    await read()
    view.phase = 'ready'
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void refresh()
    })
    addEventListener('online', () => {
      outbox?.retryNow()
      void refresh()
    })
    poll()
  } catch (error) {
    if (!isRefusal(error)) throw error
    view.problem = error
    view.phase = 'problem'
  }
}

/** This browser's last link, so that the page opened again without one knows what to ask for. */
function remember(purpose: LinkPurpose): void {
  localStorage.setItem(PURPOSE_KEY, purpose)
}

function purposeOf(kept: string | null): LinkPurpose {
  return kept === 'VISIT' || kept === 'RATING' ? kept : 'INSPECTION'
}

/** A page of another purpose met a refusal that ends it: the link's own problem page takes over. */
export function showProblem(problem: Refusal): void {
  view.problem = problem
  view.phase = 'problem'
}

/** Goes on with the case this browser is signed in to, whatever the link said. */
export async function continueSignedIn(): Promise<void> {
  sessionStorage.removeItem(LINK_KEY)
  token = null
  await openLink()
}

async function read(): Promise<void> {
  const state = await api.state()
  view.offline = false
  // An answer that was on its way while a newer one came must not turn the page back.
  const known = view.state
  if (known?.inspection !== state.inspection || state.head >= known.head) view.state = state
  if (state.consent?.accepted === true) local.consentAccepted = true
  clockOffset = new Date(state.now).getTime() - Date.now()
  view.now = serverNow()
  await startOutbox(state.case.number)
}

/** Reads the state again; calls that come together make one request and never an older answer. */
export function refresh(): Promise<void> {
  if (reading) {
    again = true
    return reading
  }
  reading = readGently().finally(() => {
    reading = null
    if (again) {
      again = false
      void refresh()
    }
  })
  return reading
}

async function readGently(): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (error.temporary) view.offline = true
    else if (error.status === 401) {
      view.problem = error
      view.phase = 'problem'
    }
  }
}

function poll(): void {
  setInterval(() => {
    view.now = serverNow()
    if (!socketOpen && document.visibilityState === 'visible') void refresh()
  }, POLL_MS)
}

/** With an open socket the server says when something changed; without one the page asks. */
export function socketIsOpen(open: boolean): void {
  socketOpen = open
}

async function startOutbox(owner: string): Promise<void> {
  if (outbox) return
  outbox = new UploadOutbox(api, 'indexedDB' in globalThis ? new BrowserStore() : new MemoryStore(), owner, {
    changed: (uploads) => {
      view.uploads = uploads
    },
    stored: (evidence: UploadedRef, upload) => {
      keepReceipt(evidence.id, evidence.receipt)
      if (upload.request) stillListener(upload.request, { evidence: evidence.id })
      void refresh()
    },
    refused: (refusal, upload) => {
      if (upload.request) stillListener(upload.request, { code: refusal.code })
    },
  })
  await outbox.resume()
}

export async function addPhoto(upload: NewUpload): Promise<string> {
  if (!outbox) throw new Error('no case is open')
  return outbox.add(upload)
}

export async function removePhoto(id: string): Promise<void> {
  await outbox?.remove(id)
}

export function retryPhotos(): void {
  outbox?.retryNow()
}

export function onStill(listener: StillListener): void {
  stillListener = listener
}

export function pendingFor(purpose: UploadStatus['purpose'], item: string): UploadStatus[] {
  return view.uploads.filter((upload) => upload.purpose === purpose && upload.item === item)
}
