/**
 * Opens the delegate's page without a network. It keeps the files of one build and the page itself, nothing else:
 * answers of the API are never cached here, they lie sealed in the page's own database.
 * The server writes `self.fieldBuild` before this script (fieldsvc/offline.py).
 */
interface Build {
  version: string
  files: string[]
}
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Fetching extends Lasting {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
interface Worker extends EventTarget {
  readonly fieldBuild: Build
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
}

const worker = self as unknown as Worker
const PAGE = '/field/'
const PREFIX = 'field-'
const CACHE = PREFIX + worker.fieldBuild.version
// A line that is there but carries nothing must not hold up a person at a door.
const PATIENCE_MS = 3000

async function install(): Promise<void> {
  const cache = await caches.open(CACHE)
  await cache.addAll([new Request(PAGE, { cache: 'reload' }), ...worker.fieldBuild.files])
  await worker.skipWaiting()
}

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
  await worker.clients.claim()
}

async function page(request: Request): Promise<Response> {
  const kept = await caches.match(PAGE)
  const fresh = fetch(request)
  if (!kept) return fresh
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept.clone()), PATIENCE_MS))
  const answer = await Promise.race([fresh.catch(() => kept), late])
  return answer.status >= 500 ? kept : answer
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request)
}

worker.addEventListener('install', (event) => (event as Lasting).waitUntil(install()))
worker.addEventListener('activate', (event) => (event as Lasting).waitUntil(activate()))
worker.addEventListener('fetch', (event) => {
  const { request } = event as Fetching
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') (event as Fetching).respondWith(page(request))
  else if (url.pathname.startsWith('/static/')) (event as Fetching).respondWith(file(request))
})
