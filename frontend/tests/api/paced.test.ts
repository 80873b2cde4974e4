import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { paced } from '@/api/paced'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('runs at once, then once for a whole burst, and at once again after a pause', () => {
  const run = vi.fn()
  const poke = paced(run, 1000)
  poke()
  expect(run).toHaveBeenCalledTimes(1)
  for (let step = 0; step < 9; step++) {
    vi.advanceTimersByTime(100)
    poke()
  }
  expect(run).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(100)
  expect(run).toHaveBeenCalledTimes(2)
  vi.advanceTimersByTime(5000)
  expect(run).toHaveBeenCalledTimes(2)
  poke()
  expect(run).toHaveBeenCalledTimes(3)
})
