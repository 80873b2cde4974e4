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

/** 0.3, 0.6, 1.2 … at most 3.5 seconds, each ±30 % so that a restart is not answered by all at once. */
export function socketBackOff(attempt: number, clockwork: Clockwork): number {
  return Math.min(3500, 300 * 2 ** attempt) * (0.7 + 0.6 * clockwork.random())
}

const PEER_STEPS = [300, 1000, 2000, 4000, 8000]

/** 0.3, 1, 2, 4 and every 8 seconds, each ±30 %: a node that restarts is not met by all phones in one moment. */
export function peerBackOff(attempt: number, clockwork: Clockwork): number {
  const step = PEER_STEPS[Math.min(attempt, PEER_STEPS.length - 1)] ?? 8000
  return step * (0.7 + 0.6 * clockwork.random())
}
