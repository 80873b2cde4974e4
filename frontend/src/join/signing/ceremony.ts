import { computed, reactive, shallowRef } from 'vue'
import { isRefusal } from '@/api/refusal'
import { SigningApi, type Ceremony } from '@/api/signing'
import { documentIs } from '@/signing/document'
import { identify, type Held } from '@/signing/identity'
import { mine, readRecord, record } from '../record'
import { client } from '../session'
import { resumed, stepOf, type Step } from './steps'

const CONSENT = 'signing-consent'

export const signing = new SigningApi(client)
export const ceremony = shallowRef<Ceremony | null>(null)
export const held = shallowRef<Held | null>(null)
/** Whether this browser compared the paper with its digest; null before. */
export const compared = shallowRef<boolean | null>(null)
const own = reactive({ at: 'read' as Step, consented: false })

export const step = computed(() => (ceremony.value ? stepOf(ceremony.value, { ...own, held: held.value !== null }) : null))

export function go(to: Step): void {
  own.at = to
}

const mark = (one: Ceremony) => `${one.id}:${one.consent.sha256}`
const isAccepted = (one: Ceremony) => sessionStorage.getItem(CONSENT) === mark(one)

/** A page that was thrown out while the person read the message goes on where it was. */
export function accept(): void {
  if (!ceremony.value) return
  sessionStorage.setItem(CONSENT, mark(ceremony.value))
  own.consented = true
}

/** Reads how far the signature has come; a new edition of the record begins from the first page. */
export async function readCeremony(): Promise<void> {
  const signature = mine()
  if (!signature) return
  const fresh = ceremony.value?.id !== signature.id
  const found = await signing.ceremony(signature.id)
  if (fresh) {
    held.value = null
    compared.value = null
    own.at = resumed(found, isAccepted(found))
  }
  own.consented = isAccepted(found)
  ceremony.value = found
}

/** Reads the paper as the server keeps it and compares it with the digest to be signed, once. */
export async function compare(): Promise<void> {
  if (!ceremony.value || !record.value || compared.value !== null) return
  compared.value = await documentIs(record.value.pdf_url, ceremony.value.document_sha256)
}

/** Has a code sent; sent just before is as good, and the person is to enter that one. */
export async function sendCode(intent: string): Promise<void> {
  if (!ceremony.value) return
  try {
    ceremony.value = await signing.sendCode(ceremony.value.id, { intent })
  } catch (error) {
    if (!isRefusal(error) || (error.code !== 'signing_code_too_soon' && error.code !== 'signing_code_locked')) throw error
    await readCeremony()
  }
  go('code')
}

/** Has name and number compared, then sends the code. */
export async function knowPerson(number: string, intent: string): Promise<void> {
  if (!ceremony.value) return
  ceremony.value = await signing.checkIdentity(ceremony.value.id, number)
  await sendCode(intent)
}

/** Gets the certificate, with a code where one is asked for. */
export async function prove(code: string | null): Promise<void> {
  if (!ceremony.value) return
  try {
    await compare()
    held.value = await identify(signing, ceremony.value, code)
    go('write')
  } catch (error) {
    if (isRefusal(error) && !error.temporary) await again()
    throw error
  }
}

/** Something has changed under the page: the server says where things stand. */
export async function again(): Promise<void> {
  await readRecord()
  await readCeremony()
}

/** The certificate is not valid any more, or nobody knows of it: the person is identified once more. */
export function identifyAgain(): void {
  held.value = null
  go('code')
}
