import { readonly, ref } from 'vue'
import { api, client } from './api'
import { asTrouble, isCode, type Trouble } from './trouble'
import type { Me } from './types'

const current = ref<Me | null>(null)
const failed = ref<Trouble | null>(null)
let asked: Promise<void> | null = null

export const me = readonly(current)
export const sessionTrouble = readonly(failed)

/** Reads once who is signed in; a refusal other than "nobody" stays visible as `sessionTrouble`. */
export function knowMe(): Promise<void> {
  asked ??= read()
  return asked
}

async function read(): Promise<void> {
  try {
    current.value = await api.session()
    client.useCsrf(current.value.csrf_token)
    failed.value = null
  } catch (error) {
    asked = null
    current.value = null
    failed.value = isCode(error, 'sign_in_needed') ? null : asTrouble(error)
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  current.value = await api.signIn(username, password)
  asked = Promise.resolve()
}

export async function signOut(): Promise<void> {
  await api.signOut()
  forgetMe()
}

/** The server says that nobody is signed in any more. */
export function forgetMe(): void {
  current.value = null
  asked = null
}
