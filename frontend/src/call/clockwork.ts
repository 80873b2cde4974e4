/** Time as the call engine uses it; tests hand in one they turn by hand. */
export interface Clockwork {
  now(): number
  after(ms: number, run: () => void): () => void
  random(): number
}

export const wallClockwork: Clockwork = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

/** 0.3, 0.6, 1.2 … at most 7 seconds, each ±30 % so that a restart is not answered by all at once. */
export function socketBackOff(attempt: number, clockwork: Clockwork): number {
  return Math.min(7000, 300 * 2 ** attempt) * (0.7 + 0.6 * clockwork.random())
}

/** At once, then 1, 2, 4 and every 8 seconds. */
export function peerBackOff(attempt: number): number {
  return attempt === 0 ? 0 : Math.min(8000, 1000 * 2 ** (attempt - 1))
}
