import { readonly, ref } from 'vue'
import { api, client } from './api'
import { asTrouble, isCode, type Trouble } from './trouble'
import type { Me } from './types'

const current = ref<Me | null>(null)
const failed = ref<Trouble | null>(null)
let asked: Promise<void> | null = null

/** Grows each time the server ended the session by itself. */
export const expiries = ref(0)
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
    current.value = null
    failed.value = isCode(error, 'sign_in_needed') ? null : asTrouble(error)
    // That nobody is signed in is an answer; a failure is asked again.
    if (failed.value) asked = null
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  current.value = await api.signIn(username, password)
  asked = Promise.resolve()
}

export async function signOut(): Promise<void> {
  try {
    await api.signOut()
  } catch (error) {
    // Signed out already, elsewhere or by time: that is what was wanted.
    if (!isCode(error, 'sign_in_needed')) throw error
  }
  current.value = null
  asked = Promise.resolve()
}

/** The server says that nobody is signed in any more. */
export function forgetMe(): void {
  if (current.value) expiries.value += 1
  current.value = null
  asked = Promise.resolve()
}
