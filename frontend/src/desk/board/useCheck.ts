// Asks the server about a move before it is made; only the latest wish counts.
import { shallowRef } from 'vue'
import { asTrouble, isCode } from '../trouble'
import { board } from './api'
import type { Move, MoveCheck } from './types'

export const PAUSE = 120

export interface Checking {
  move: Move
  state: 'asking' | 'known' | 'failed'
  result: MoveCheck | null
  failure: string
}

const same = (a: Move, b: Move) => a.visit === b.visit && a.staff === b.staff && a.starts_at === b.starts_at

export function useCheck(ask: (move: Move, signal: AbortSignal) => Promise<MoveCheck> = board.check) {
  const checking = shallowRef<Checking | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | null = null

  function stop(): void {
    clearTimeout(timer)
    running?.abort()
    running = null
  }

  async function run(move: Move): Promise<void> {
    const controller = new AbortController()
    running = controller
    try {
      const result = await ask(move, controller.signal)
      if (!controller.signal.aborted) checking.value = { move, state: 'known', result, failure: '' }
    } catch (error) {
      if (controller.signal.aborted || isCode(error, 'client_aborted')) return
      checking.value = { move, state: 'failed', result: null, failure: asTrouble(error).title }
    }
  }

  /** Shows `move` as being checked; the question goes out once the hand rests for a moment. */
  function want(move: Move): void {
    if (checking.value && same(checking.value.move, move)) return
    stop()
    checking.value = { move, state: 'asking', result: null, failure: '' }
    timer = setTimeout(() => void run(move), PAUSE)
  }

  /** The answer for `move`, asked at once when it is not known yet; null when there was none. */
  async function settle(move: Move): Promise<MoveCheck | null> {
    const known = checking.value
    if (known?.state === 'known' && same(known.move, move)) return known.result
    stop()
    checking.value = { move, state: 'asking', result: null, failure: '' }
    await run(move)
    return checking.value && same(checking.value.move, move) ? checking.value.result : null
  }

  function clear(): void {
    stop()
    checking.value = null
  }

  return { checking, want, settle, clear }
}
