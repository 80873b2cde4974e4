import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import type { Move, MoveCheck, Visit } from '@/desk/board/types'
import { PAUSE, useCheck } from '@/desk/board/useCheck'
import { target } from '@/desk/board/useDrag'
import { useHand } from '@/desk/board/useHand'
import { at, DAY, visit } from './day'

const fits: MoveCheck = { ok: true, extra_travel_seconds: 720, findings: [] }
const wish = (time: string): Move => ({ visit: 'v1', staff: 'a', starts_at: at(time) })

describe('a check before the drop', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('goes out once the hand rests, and only for the latest wish', async () => {
    const asked: string[] = []
    const { checking, want } = useCheck((move) => {
      asked.push(move.starts_at)
      return Promise.resolve(fits)
    })
    want(wish('09:00'))
    want(wish('09:05'))
    expect(checking.value?.state).toBe('asking')
    await vi.advanceTimersByTimeAsync(PAUSE)
    expect(asked).toEqual([at('09:05')])
    expect(checking.value).toMatchObject({ state: 'known', result: fits })
  })

  it('never shows the answer to an older wish', async () => {
    const answers: ((answer: MoveCheck) => void)[] = []
    const { checking, want } = useCheck(() => new Promise((resolve) => answers.push(resolve)))
    want(wish('09:00'))
    await vi.advanceTimersByTimeAsync(PAUSE)
    want(wish('10:00'))
    answers[0]?.(fits)
    await vi.advanceTimersByTimeAsync(0)
    expect(checking.value).toMatchObject({ state: 'asking', move: wish('10:00') })
  })

  it('is asked at once on a quick drop, and not twice when it is known', async () => {
    const ask = vi.fn(() => Promise.resolve(fits))
    const { settle } = useCheck(ask)
    expect(await settle(wish('09:00'))).toEqual(fits)
    expect(await settle(wish('09:00'))).toEqual(fits)
    expect(ask).toHaveBeenCalledTimes(1)
  })
})

describe('the place under the hand', () => {
  const surface = { hours: () => ({ from: 480, until: 1080 }), lanes: () => 4 }
  const box = new DOMRect(100, 200, 600, 160)

  it('is a lane and a minute on the five-minute grid, counted from where the hand holds the visit', () => {
    expect(target(box, surface, 400, 250, 0)).toEqual({ lane: 1, minute: 780 })
    expect(target(box, surface, 400, 359, 20)).toEqual({ lane: 3, minute: 760 })
  })

  it('is nobody’s outside the lanes', () => {
    expect(target(box, surface, 50, 250, 0).lane).toBeNull()
    expect(target(box, surface, 400, 360, 0).lane).toBeNull()
  })
})

describe('dropping', () => {
  const answers: Response[] = []
  const committed: Move[] = []
  const refused: string[] = []
  let hand: ReturnType<typeof useHand>
  const held: Visit = visit('v1')

  function board() {
    const Page = defineComponent({
      setup() {
        hand = useHand({
          box: () => new DOMRect(0, 0, 600, 100),
          hours: () => ({ from: 480, until: 1080 }),
          staffs: () => ['a', 'b'],
          day: () => DAY,
          commit: (_visit, move) => committed.push(move),
          refuse: (text) => refused.push(text),
        })
        return () => null
      },
    })
    return mount(Page)
  }

  const pointer = (type: string, x: number, y: number) => new PointerEvent(type, { clientX: x, clientY: y, button: 0 })
  async function dragTo(x: number, y: number) {
    hand.grab(pointer('pointerdown', -50, 50), held, null)
    window.dispatchEvent(pointer('pointermove', x, y))
    window.dispatchEvent(pointer('pointerup', x, y))
    await vi.waitFor(() => expect(committed.length + refused.length).toBe(1))
  }

  beforeEach(() => {
    answers.length = committed.length = refused.length = 0
    document.cookie = 'csrftoken=x'
    vi.stubGlobal('fetch', () => Promise.resolve(answers.shift()))
  })

  it('commits what the server agreed to', async () => {
    answers.push(Response.json(fits))
    const page = board()
    await dragTo(60, 75)
    expect(committed).toEqual([{ visit: 'v1', staff: 'b', starts_at: '2026-06-03T01:00:00Z' }])
    page.unmount()
  })

  it('refuses what breaks a promise, and says which', async () => {
    const findings = [{ code: 'SKILL', ok: true, text: '技能符合' }, { code: 'PROMISE', ok: false, blocking: true, text: '会错过 14:00 的承诺' }, { code: 'AREA', ok: false, blocking: false, text: '不在片区' }]
    answers.push(Response.json({ ok: false, extra_travel_seconds: 0, findings }))
    const page = board()
    await dragTo(60, 75)
    expect(committed).toEqual([])
    expect(refused).toEqual(['会错过 14:00 的承诺'])
    page.unmount()
  })
})
