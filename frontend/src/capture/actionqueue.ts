import { backOff, newIntent } from '@/api/client'
import { isRefusal, Refusal } from '@/api/refusal'
import type { Action, ActionFile, FileReceipt, LineState, NewAction, QueuedAction, Said, Trace } from './actions'
import type { DeviceTime } from './devicetime'
import { hexDigest } from './digest'
import type { KitStore } from './kitstore'
import type { StorageRoom } from './room'

/** How an action reaches the server; tests put a fake server in its place. */
export interface ActionSender {
  post(path: string, body: Record<string, unknown>, intent: string, signal: AbortSignal): Promise<unknown>
  upload(path: string, form: FormData, intent: string, signal: AbortSignal, onProgress: (sent: number, total: number) => void): Promise<unknown>
}

export interface QueueEvents {
  changed: () => void
  /** The server has taken it; `answer` is the object as it is now. What is given back is kept with the removal, in one step. */
  taken: (action: Action, answer: unknown) => Record<string, unknown>
  /** An action has left the queue, sent or given up. */
  left: () => void
}

export interface QueueTools {
  sender: ActionSender
  store: KitStore
  room: StorageRoom
  time: DeviceTime
  events: QueueEvents
  wait?: (ms: number) => Promise<void>
  /** Runs the work in one page at a time where the browser has locks. */
  alone?: (work: () => Promise<void>) => Promise<void>
  /** Refusals that pass by themselves soon after an action of that kind was taken: code → kind. */
  settling?: Readonly<Record<string, string>>
}

const HISTORY = 'trace '
const TIP = 'version '
const SETTLING_MS = 120_000

/**
 * Everything the delegate does, in order, kept sealed on the phone until the server has said that it has it.
 * Only a refusal that will not change by itself stops a lane; it waits there for the person's decision.
 */
export class ActionQueue {
  line: LineState = 'idle'
  private readonly actions: QueuedAction[] = []
  private readonly stop = new AbortController()
  private adding: Promise<unknown> = Promise.resolve()
  private working: Promise<void> | null = null
  private attempt = 0
  private lastTold = new Map<string, number>()
  private wake: () => void = () => undefined
  unreadable = 0

  constructor(private readonly tools: QueueTools) {}

  /** Takes up what an earlier life of the page left. */
  async resume(): Promise<void> {
    await this.resync()
    this.work()
  }

  /** Reads the store again: another page of this browser may have added or sent. */
  async resync(): Promise<void> {
    const { kept, unreadable } = await this.tools.store.actions<Action>()
    this.unreadable = unreadable
    const known = new Map(this.actions.map((action) => [action.seq, action]))
    const now = kept.map(({ seq, value }): QueuedAction => known.get(seq) ?? { ...value, seq, state: value.refusal ? 'conflict' : 'waiting', progress: 0 })
    this.actions.splice(0, this.actions.length, ...now)
    this.changed()
  }

  get pending(): readonly QueuedAction[] {
    return this.actions
  }

  /**
   * Keeps the action, then sends it when it can. When this returns it survives a crash.
   * Refuses a file with `client_storage_full` while there is room for smaller things.
   */
  add(wanted: NewAction): Promise<string> {
    const stamp = this.tools.time.stamp()
    const added = this.adding.then(async () => {
      const { file: given, ...rest } = wanted
      const id = newIntent()
      const bytes = given ? await given.blob.arrayBuffer() : undefined
      if (bytes) await this.tools.room.claim(bytes.byteLength)
      const file = given && bytes ? await described(given, bytes) : null
      const action: Action = { ...rest, id, stamp, file, told: null, refusal: null }
      const seq = await this.tools.store.add(id, action, bytes)
      this.actions.push({ ...action, seq, state: 'waiting', progress: 0 })
      this.changed()
      this.work()
      return id
    })
    this.adding = added.catch(() => undefined)
    return added
  }

  /** The bytes of an unsent file, for its picture on the screen. */
  async picture(id: string): Promise<Blob | null> {
    const file = this.actions.find((action) => action.id === id)?.file
    const bytes = file ? await this.tools.store.file(id) : null
    return file && bytes ? new Blob([bytes], { type: file.type }) : null
  }

  /** After the server's no: the same wish upon the state the server has now, with `change` in its content. */
  async retryOn(id: string, version: number | null, change: Record<string, unknown> = {}): Promise<void> {
    const action = this.conflict(id)
    const body = { ...action.body, ...change }
    const again: Action = { ...plain(action), id: newIntent(), body, version: version ?? action.version, told: null, refusal: null }
    if (action.file) Object.assign(again, { id: action.id, told: action.told }) // its bytes lie under this key, and its content has not changed
    await this.tools.store.replace(action.seq, again.id, again)
    if (version !== null && action.subject) await this.tools.store.keep(TIP + action.subject, version)
    Object.assign(action, again, { state: 'waiting' })
    this.changed()
    this.work()
  }

  /** After the server's no: given up by the person. A trace stays until sign-out. */
  async drop(id: string): Promise<void> {
    const action = this.conflict(id)
    await this.tools.store.settle({ remove: [{ seq: action.seq, id: action.id }], keep: { [HISTORY + action.id]: this.trace(action, 'dropped', null) } })
    this.forget(action)
    this.tools.events.left()
    this.work()
  }

  /** The network is back, somebody signed in again, or the person pressed 立即上传. */
  retryNow(): void {
    if (this.line === 'signed_out') this.line = 'idle'
    this.attempt = 0
    this.wake()
    this.work()
  }

  async history(): Promise<Trace[]> {
    const found = await this.tools.store.keptUnder<Trace>(HISTORY)
    return [...found.values()].sort((a, b) => b.at.localeCompare(a.at))
  }

  /** Resolves when nothing more can be sent now. */
  async settled(): Promise<void> {
    await this.adding
    while (this.working) await this.working
  }

  close(): void {
    this.stop.abort()
    this.wake()
  }

  private work(): void {
    if (this.stop.signal.aborted || this.line === 'signed_out') return
    const alone = this.tools.alone ?? ((work) => work())
    this.working ??= alone(() => this.drain()).finally(() => {
      this.working = null
      if (this.line === 'sending') this.line = 'idle'
      this.changed()
      if (this.line !== 'signed_out' && this.next()) this.work()
    })
  }

  private async drain(): Promise<void> {
    for (let action = this.next(); action && !this.stop.signal.aborted && this.line !== 'signed_out'; action = this.next()) {
      await this.sendOne(action)
    }
  }

  private next(): QueuedAction | undefined {
    if (this.stop.signal.aborted) return undefined
    const held = new Set(this.actions.filter((action) => action.state === 'conflict').map((action) => action.lane))
    return this.actions.find((action) => !held.has(action.lane))
  }

  private async sendOne(action: QueuedAction): Promise<void> {
    if (this.line !== 'waiting_for_network') this.line = 'sending'
    action.state = 'sending'
    action.progress = 0
    this.changed()
    try {
      const answer = await this.deliver(action)
      if (this.stop.signal.aborted) return
      this.attempt = 0
      this.line = 'sending'
      await this.taken(action, answer)
    } catch (error) {
      if (!isRefusal(error)) throw error
      await this.failed(action, error)
    }
  }

  private async deliver(action: QueuedAction): Promise<unknown> {
    const { sender, store } = this.tools
    const { occurred_at, version } = await this.tell(action)
    if (!action.file) {
      const body = { ...action.body, occurred_at, ...(version === null ? {} : { version }) }
      return sender.post(action.path, body, action.id, this.stop.signal)
    }
    const bytes = await store.file(action.id)
    if (!bytes) throw new Refusal({ code: 'client_file_lost', status: 410, title: '这个文件在手机里读不出来了', action: '请重新拍一张，再删除这一条。' })
    const answer = await sender.upload(action.path, formOf(action.file, bytes, occurred_at), action.id, this.stop.signal, (sent, total) => {
      action.progress = total > 0 ? sent / total : 0
      this.changed()
    })
    if (receiptOf(answer)?.sha256 !== action.file.sha256) {
      throw new Refusal({ code: 'client_receipt_mismatch', status: 409, title: '服务器回执与本机文件对不上', action: '文件仍在本机。请再传一次；还不行请致电本局技术人员。' })
    }
    return answer
  }

  /** Time and version, kept before the first try: a lost answer must find the same content under the same key. */
  private async tell(action: QueuedAction): Promise<NonNullable<Action['told']>> {
    if (action.told) return action.told
    const { store, time } = this.tools
    const at = time.occurredAt(action.stamp, this.lastTold.get(action.lane) ?? null)
    // What the action before it in the chain was answered, or what was on the screen: the newer of both.
    const tip = action.subject ? await store.kept<number>(TIP + action.subject) : null
    const version = action.version === null ? tip : Math.max(tip ?? 0, action.version)
    const told = { occurred_at: at.toISOString(), version }
    await store.replace(action.seq, action.id, { ...plain(action), told })
    action.told = told
    this.lastTold.set(action.lane, at.getTime())
    return told
  }

  private async taken(action: QueuedAction, answer: unknown): Promise<void> {
    const keep: Record<string, unknown> = { [HISTORY + action.id]: this.trace(action, 'sent', action.file ? receiptOf(answer) : null) }
    const version = versionIn(answer)
    if (action.subject && version !== null) keep[TIP + action.subject] = version
    Object.assign(keep, this.tools.events.taken(plain(action), answer))
    await this.tools.store.settle({ remove: [{ seq: action.seq, id: action.id }], keep })
    this.forget(action)
    this.tools.events.left()
  }

  private async failed(action: QueuedAction, refusal: Refusal): Promise<void> {
    action.state = 'waiting'
    action.progress = 0
    if (refusal.code === 'client_aborted') return
    if (refusal.status === 401) {
      this.line = 'signed_out'
      this.changed()
      return
    }
    if (isPassing(refusal) || (await this.isSettling(action, refusal))) {
      this.line = 'waiting_for_network'
      this.changed()
      await this.pause()
      return
    }
    action.state = 'conflict'
    action.refusal = said(refusal)
    await this.tools.store.replace(action.seq, action.id, plain(action))
    this.changed()
  }

  /** The server is still at work on what it took a moment ago. */
  private async isSettling(action: QueuedAction, refusal: Refusal): Promise<boolean> {
    const kind = this.tools.settling?.[refusal.code]
    if (!kind) return false
    const since = this.tools.time.now().getTime() - SETTLING_MS
    return (await this.history()).some((trace) => trace.kind === kind && trace.about['order'] === action.about['order'] && Date.parse(trace.at) >= since)
  }

  private async pause(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve
    })
    const wait = this.tools.wait ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)))
    await Promise.race([wait(backOff(this.attempt)), woken])
    this.attempt = Math.min(this.attempt + 1, 6)
  }

  private conflict(id: string): QueuedAction {
    const action = this.actions.find((one) => one.id === id)
    if (action?.state !== 'conflict') throw new Error('only an action in conflict can be decided on')
    return action
  }

  private forget(action: QueuedAction): void {
    const place = this.actions.indexOf(action)
    if (place >= 0) this.actions.splice(place, 1)
    this.changed()
  }

  private trace(action: Action, outcome: Trace['outcome'], receipt: FileReceipt | null): Trace {
    return { id: action.id, kind: action.kind, about: action.about, at: this.tools.time.now().toISOString(), outcome, receipt, size: action.file?.size ?? null }
  }

  private changed(): void {
    if (!this.stop.signal.aborted) this.tools.events.changed()
  }
}

function isPassing(refusal: Refusal): boolean {
  return refusal.temporary || refusal.status === 429 || refusal.status >= 500 || refusal.code === 'idempotency_in_progress'
}

async function described(given: NonNullable<NewAction['file']>, bytes: ArrayBuffer): Promise<ActionFile> {
  return { sha256: await hexDigest(bytes), name: given.name, type: given.blob.type, size: bytes.byteLength, fields: given.fields }
}

function formOf(file: ActionFile, bytes: ArrayBuffer, taken_at: string): FormData {
  const form = new FormData()
  form.set('sha256', file.sha256)
  form.set('taken_at', taken_at)
  for (const [name, value] of Object.entries(file.fields)) form.set(name, value)
  form.set('file', new Blob([bytes], { type: file.type }), file.name)
  return form
}

function plain(action: QueuedAction): Action {
  const { id, lane, kind, path, body, subject, version, stamp, file, about, told, refusal } = action
  return { id, lane, kind, path, body, subject, version, stamp, file, about, told, refusal }
}

function said({ code, status, title, action, fields }: Refusal): Said {
  return { code, status, title, action, fields }
}

/** A paper's photo is answered with the paper; the photo's own digest stands beside it. */
function receiptOf(answer: unknown): FileReceipt | null {
  if (typeof answer !== 'object' || answer === null) return null
  if ('sheet_sha256' in answer && typeof answer.sheet_sha256 === 'string') return { id: '', ...answer, sha256: answer.sheet_sha256 }
  return 'sha256' in answer ? (answer as FileReceipt) : null
}

function versionIn(answer: unknown): number | null {
  if (typeof answer !== 'object' || answer === null || !('version' in answer)) return null
  return typeof answer.version === 'number' ? answer.version : null
}
