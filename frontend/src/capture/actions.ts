import type { Stamp } from './devicetime'

/** The file of an action, whose bytes lie sealed beside it under the action's id. */
export interface ActionFile {
  sha256: string
  name: string
  type: string
  size: number
  /** The other fields of the form. */
  fields: Record<string, string>
}

/** One thing the delegate did, as it will be told to the server. */
export interface Action {
  /** The Idempotency-Key: the same for every try of the same content. */
  id: string
  /** Actions of one lane are sent strictly one after the other; a conflict stops its lane only. */
  lane: string
  kind: string
  path: string
  /** Without `version` and `occurred_at`, which are filled in when it is sent. */
  body: Record<string, unknown>
  /** The object whose version is compared, and the version that was on the screen. */
  subject: string | null
  version: number | null
  stamp: Stamp
  file: ActionFile | null
  /** What the screens need to name it. */
  about: Record<string, string>
  /** What was said at the first try: every repetition under the same key says exactly the same. */
  told: { occurred_at: string; version: number | null } | null
  /** Set when the server said no: shown until the person decides. */
  refusal: Said | null
}

/** A refusal as it can be kept. */
export interface Said {
  code: string
  status: number
  title: string
  action: string
  fields: Readonly<Record<string, unknown>>
}

/** The server's answer to a file: what it has, by digest. */
export interface FileReceipt {
  id: string
  sha256: string
  sm3?: string
  number?: number
  head?: string
}

/** What is kept of an action after it left the queue. */
export interface Trace {
  id: string
  kind: string
  about: Record<string, string>
  at: string
  outcome: 'sent' | 'dropped'
  receipt: FileReceipt | null
  size: number | null
}

export type LineState = 'idle' | 'sending' | 'waiting_for_network' | 'signed_out'

export interface QueuedAction extends Action {
  seq: number
  state: 'waiting' | 'sending' | 'conflict'
  /** From 0 to 1. */
  progress: number
}

export type NewAction = Omit<Action, 'id' | 'stamp' | 'told' | 'refusal' | 'file'> & {
  file?: { blob: Blob; name: string; fields: Record<string, string> }
}
