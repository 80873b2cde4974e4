/** Whether the page will open without a network on this phone. */
export type OfflineReady = 'ready' | 'no'

const WAIT_MS = 15_000

export async function registerWorker(): Promise<OfflineReady> {
  if (!('serviceWorker' in navigator)) return 'no'
  try {
    await navigator.serviceWorker.register('/field/sw.js', { scope: '/field/' })
    // An install that fails leaves `ready` waiting for ever.
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), WAIT_MS))
    return (await Promise.race([navigator.serviceWorker.ready, late])) ? 'ready' : 'no'
  } catch {
    // No worker (private window, dev server): the page works with a network and says so.
    return 'no'
  }
}
