import { shallowReactive } from 'vue'
import { newIntent } from '@/api/client'
import { isRefusal, type Refusal } from '@/api/refusal'
import { ActionQueue } from '@/capture/actionqueue'
import type { Action, LineState, NewAction, QueuedAction, Trace } from '@/capture/actions'
import { DeviceTime } from '@/capture/devicetime'
import { KitDatabase, type KitStore } from '@/capture/kitstore'
import { StorageRoom } from '@/capture/room'
import { beijingDay } from '@/domain/time'
import { FieldApi } from './api'
import { registerWorker, type OfflineReady } from './offline/register'
import { notOlder, overlay, withAnswer, type ShownStop } from './overlay'
import { keepPages } from './pages'
import type { Me, Pack } from './types'

type Person = Pick<Me, 'id' | 'name' | 'unit' | 'badge_number' | 'bureau'>

interface Kit {
  phase: 'opening' | 'insecure' | 'sign_in' | 'ready'
  me: Person | null
  /** Yes also when nobody has answered yet whether the session still holds. */
  signedIn: boolean
  day: string
  pack: Pack | null
  /** When the server last gave this day. */
  readAt: string | null
  stops: ShownStop[]
  trouble: Refusal | null
  reading: boolean
  online: boolean
  pending: readonly QueuedAction[]
  line: LineState
  unreadable: number
  foreign: number
  history: Trace[]
  offline: OfflineReady | null
  /** The phone's clock was moved by so many ms. */
  clockMoved: number | null
  now: Date
}

const POLL_MS = 30_000
const PERSON = 'person'
const OFFSET = 'clock-offset'
/** A mandate comes into force a moment after its paper is signed: until then the next step is told again. */
const SETTLING = { mandate_missing: 'paper' }

export const kit = shallowReactive<Kit>({
  phase: 'opening', me: null, signedIn: false, day: beijingDay(new Date()), pack: null, readAt: null, stops: [], trouble: null, reading: false,
  online: navigator.onLine, pending: [], line: 'idle', unreadable: 0, foreign: 0, history: [], offline: null, clockMoved: null, now: new Date(),
})

let time = new DeviceTime(newIntent())
let database: KitDatabase | null = null
let store: KitStore | null = null
let queue: ActionQueue | null = null
let announced: BroadcastChannel | null = null
/** The day in sight is the server's today, whatever the phone's calendar says. */
let followToday = true
let readAgain = false

export const api = new FieldApi((server) => {
  const news = time.heard(server)
  if (news) kit.clockMoved = news.moved
  void database?.setPlain(OFFSET, time.knownOffset)
})

export async function openKit(): Promise<void> {
  if (!globalThis.isSecureContext || !('indexedDB' in globalThis)) {
    kit.phase = 'insecure'
    return
  }
  database = await KitDatabase.open()
  time = new DeviceTime(newIntent(), (await database.plain<number | null>(OFFSET)) ?? null)
  kit.now = time.now()
  kit.day = beijingDay(kit.now)
  addEventListener('online', back)
  addEventListener('offline', () => { kit.online = false })
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') back() })
  setInterval(tick, POLL_MS)
  void registerWorker().then((ready) => { kit.offline = ready })
  await whoIsHere()
}

/** Asks the server; without an answer the person of last time goes on with what lies on this phone. */
async function whoIsHere(): Promise<void> {
  const last = await database?.plain<Person>(PERSON)
  if (last) await begin(last)
  try {
    await become(await api.session())
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (!last || error.status === 401) askForSignIn()
    else kit.online = false
  }
}

function askForSignIn(): void {
  kit.signedIn = false
  kit.phase = 'sign_in'
}

export async function signIn(username: string, password: string): Promise<void> {
  await become(await api.signIn(username, password))
}

async function become(me: Me): Promise<void> {
  const person: Person = { id: me.id, name: me.name, unit: me.unit, badge_number: me.badge_number, bureau: me.bureau }
  await database?.setPlain(PERSON, person)
  if (kit.me?.id !== me.id) await begin(person)
  kit.signedIn = true
  kit.phase = 'ready'
  queue?.retryNow()
  await readDay()
}

async function begin(person: Person): Promise<void> {
  if (!database) return
  queue?.close()
  announced?.close()
  store = await database.of(person.id)
  kit.foreign = await database.foreignActions(person.id)
  const room = new StorageRoom(navigator.storage)
  const made = new ActionQueue({ sender: api, store, room, time, events: { changed, taken, left }, alone: aloneFor(person.id), settling: SETTLING })
  queue = made
  announced = typeof BroadcastChannel === 'function' ? new BroadcastChannel(`field-${person.id}`) : null
  if (announced) announced.onmessage = () => void made.resync()
  kit.me = person
  kit.phase = 'ready'
  await useDay(kit.day)
  await queue.resume()
  kit.history = await queue.history()
  void room.keep()
}

/** One page of this browser sends at a time; without locks the server's memory of keys keeps doubles out. */
function aloneFor(person: string): (work: () => Promise<void>) => Promise<void> {
  const { locks } = navigator as { locks?: LockManager }
  return async (work) => {
    if (locks) await locks.request(`field-queue-${person}`, work)
    else await work()
  }
}

/** Shows a day: at once what lies here, then what the server says. */
export async function showDay(day: string): Promise<void> {
  followToday = day === beijingDay(time.now())
  await useDay(day)
  await readDay()
}

async function useDay(day: string): Promise<void> {
  kit.day = day
  const kept = (await store?.kept<{ pack: Pack; at: string }>(`pack ${day}`)) ?? null
  kit.pack = kept?.pack ?? null
  kit.readAt = kept?.at ?? null
  kit.trouble = null
  show()
}

export async function readDay(): Promise<void> {
  if (!store || !kit.signedIn) return
  if (kit.reading) {
    readAgain = true
    return
  }
  const { day } = kit
  readAgain = false
  kit.reading = true
  try {
    const pack = await api.pack(followToday ? null : day)
    if (followToday && kit.day === day) kit.day = pack.day
    kit.now = time.now()
    await keepPack(pack)
    kit.trouble = null
    kit.online = true
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (error.status === 401) askForSignIn()
    else if (error.temporary) kit.online = false
    kit.trouble = error
  } finally {
    kit.reading = false
    if (readAgain) void readDay()
  }
}

async function keepPack(read: Pack): Promise<void> {
  const at = time.now().toISOString()
  const pack = notOlder(read, kit.pack?.day === read.day ? kit.pack : null)
  await store?.keep(`pack ${pack.day}`, { pack, at })
  if (pack.day === kit.day) {
    kit.pack = pack
    kit.readAt = at
    show()
  }
  if (store) await keepPages(store, api, pack)
}

function show(): void {
  kit.stops = kit.pack ? overlay(kit.pack, kit.pending) : []
}

function changed(): void {
  if (!queue) return
  kit.pending = [...queue.pending]
  kit.line = queue.line
  kit.unreadable = queue.unreadable
  if (queue.line === 'signed_out') askForSignIn()
  show()
}

/** What an answer makes of the day is kept in the same step that removes the action: a page killed in between shows no old state. */
function taken(action: Action, answer: unknown): Record<string, unknown> {
  kit.online = true
  if (!kit.pack) return {}
  kit.pack = withAnswer(kit.pack, action, answer)
  return { [`pack ${kit.pack.day}`]: { pack: kit.pack, at: kit.readAt } }
}

function left(): void {
  announced?.postMessage('sent')
  void queue?.history().then((history) => { kit.history = history })
  if ((queue?.pending.length ?? 0) === 0) void readDay()
}

/** Keeps what was done; it goes to the server as soon as it can. */
export async function act(action: NewAction): Promise<string> {
  if (!queue) throw new Error('nobody is signed in')
  const id = await queue.add(action)
  announced?.postMessage('added')
  return id
}

export function currentQueue(): ActionQueue {
  if (!queue) throw new Error('nobody is signed in')
  return queue
}

export function currentStore(): KitStore {
  if (!store) throw new Error('nobody is signed in')
  return store
}

export function retryNow(): void {
  queue?.retryNow()
}

function back(): void {
  kit.now = time.now()
  if (!kit.me || !navigator.onLine) return
  queue?.retryNow()
  if (kit.signedIn) void readDay()
  else if (kit.phase === 'ready') void whoIsHere()
}

function tick(): void {
  kit.now = time.now()
  if (document.visibilityState !== 'visible') return
  if (kit.signedIn) void readDay()
  else if (kit.me && kit.phase === 'ready') void whoIsHere()
}

/** Signs out and wipes this person's data from the phone; false while something is unsent, and then nothing happens. */
export async function signOut(): Promise<boolean> {
  await queue?.settled()
  if (!store || (queue?.pending.length ?? 0) > 0 || !(await store.wipe())) return false
  queue?.close()
  queue = null
  store = null
  try {
    await api.signOut()
  } catch (error) {
    // Signed out already, or no network: what lay on this phone is gone either way.
    if (!isRefusal(error)) throw error
  }
  await database?.setPlain(PERSON, undefined)
  Object.assign(kit, { me: null, pack: null, stops: [], pending: [], history: [], readAt: null })
  askForSignIn()
  return true
}
