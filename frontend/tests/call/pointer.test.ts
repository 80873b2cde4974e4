import { beforeEach, describe, expect, it } from 'vitest'
import { laidMarks, pixelsOf, placeAt, PointerBoard, Pointing, reframed } from '@/call'
import { FakeClock } from './fakes'

const WIDE = { width: 1280, height: 720 }
const TALL = { width: 720, height: 1280 }

describe('places in a picture', () => {
  it('are found under a click beside black bars', () => {
    // 1280×720 in 800×800: the picture is 800×450 between bars of 175.
    expect(placeAt({ x: 400, y: 400 }, { width: 800, height: 800 }, WIDE, 'contain')).toEqual({ x: 0.5, y: 0.5 })
    expect(placeAt({ x: 0, y: 175 }, { width: 800, height: 800 }, WIDE, 'contain')).toEqual({ x: 0, y: 0 })
    expect(placeAt({ x: 400, y: 100 }, { width: 800, height: 800 }, WIDE, 'contain')).toBeNull()
  })

  it('are the same on a phone whose screen cuts the picture off', () => {
    const phone = { width: 360, height: 780 }
    const seen = pixelsOf({ x: 0.5, y: 0.5 }, phone, TALL, 'cover')
    expect(seen).toEqual({ x: 180, y: 390 })
    const corner = pixelsOf({ x: 0.9, y: 0.1 }, phone, TALL, 'cover')
    expect(placeAt(corner ?? { x: 0, y: 0 }, phone, TALL, 'cover')?.x).toBeCloseTo(0.9)
  })

  it('are nowhere before the picture has a size', () => {
    expect(placeAt({ x: 1, y: 1 }, { width: 100, height: 100 }, { width: 0, height: 0 }, 'contain')).toBeNull()
    expect(pixelsOf({ x: 0.5, y: 0.5 }, { width: 0, height: 0 }, WIDE, 'cover')).toBeNull()
  })

  it('stay on the spot of the scene when the phone is turned', () => {
    // 100 px right of the middle, whatever the frame.
    const before = { x: 0.5 + 100 / 720, y: 0.5 }
    expect(reframed(before, TALL, WIDE).x).toBeCloseTo(0.5 + 100 / 1280)
    const there = reframed({ x: 0.6, y: 0.55 }, WIDE, TALL)
    const back = reframed(there, TALL, WIDE)
    expect(back.x).toBeCloseTo(0.6)
    expect(back.y).toBeCloseTo(0.55)
  })

  it('do not move when the same picture only gets smaller', () => {
    expect(reframed({ x: 0.2, y: 0.8 }, WIDE, { width: 640, height: 360 })).toEqual({ x: 0.2, y: 0.8 })
  })
})

describe('pointing', () => {
  let clock: FakeClock
  let sent: { x?: number | null; stroke?: string | null }[]
  let pointing: Pointing

  beforeEach(() => {
    clock = new FakeClock()
    sent = []
    pointing = new Pointing((message) => {
      sent.push(message)
      return true
    }, clock)
  })

  it('sends a ring at once', () => {
    pointing.ring('li', { x: 0.123456, y: 0.5 })
    expect(sent).toEqual([{ type: 'pointer', source: 'li', x: 0.1235, y: 0.5, stroke: null }])
  })

  it('draws no faster than twenty points a second, and never loses the last one', async () => {
    pointing.begin('li', { x: 0, y: 0 })
    for (let step = 1; step <= 100; step += 1) {
      await clock.pass(10)
      pointing.draw('li', { x: step / 100, y: 0.5 })
    }
    pointing.end()
    expect(sent.length).toBeLessThanOrEqual(22)
    expect(sent.at(-1)?.x).toBe(1)
    expect(new Set(sent.map((message) => message.stroke)).size).toBe(1)
  })

  it('begins a new stroke under a new name', () => {
    pointing.begin('li', { x: 0, y: 0 })
    pointing.end()
    pointing.begin('li', { x: 0.5, y: 0.5 })
    pointing.end()
    expect(new Set(sent.map((message) => message.stroke)).size).toBe(2)
  })

  it('takes everything away', () => {
    pointing.begin('li', { x: 0, y: 0 })
    pointing.clear('li')
    expect(sent.at(-1)).toMatchObject({ x: null, stroke: null })
  })
})

describe('the board of what is pointed at', () => {
  let clock: FakeClock
  let board: PointerBoard

  beforeEach(() => {
    clock = new FakeClock()
    board = new PointerBoard(clock)
  })

  const point = (x: number, stroke: string | null, member = 'wang') => board.take({ member, x, y: 0.5, stroke })

  it('joins the points of a stroke and keeps one ring a member', () => {
    point(0.1, 'a')
    point(0.2, 'a')
    point(0.3, 'b')
    point(0.4, null)
    point(0.5, null)
    expect(board.marks.map(({ kind, places }) => [kind, places.length])).toEqual([
      ['stroke', 2],
      ['stroke', 1],
      ['ring', 1],
    ])
  })

  it('fades by itself', async () => {
    const strengths: number[] = []
    board.on('marks', (marks) => strengths.push(marks[0]?.strength ?? 0))
    point(0.4, null)
    await clock.pass(1000)
    expect(board.marks[0]?.strength).toBe(1)
    await clock.pass(1000)
    expect(board.marks[0]?.strength).toBeLessThan(0.5)
    await clock.pass(1000)
    expect(board.marks).toEqual([])
    expect(strengths.at(-1)).toBe(0)
  })

  it('forgets what its member took away, and nobody else’s', () => {
    point(0.1, 'a')
    point(0.1, 'c', 'chen')
    board.take({ member: 'wang', x: null, y: null, stroke: null })
    expect(board.marks.map((mark) => mark.member)).toEqual(['chen'])
  })

  it('moves along when the phone is turned', () => {
    board.resize(TALL)
    point(0.5 + 100 / 720, null)
    board.resize(WIDE)
    expect(board.marks[0]?.places[0]?.x).toBeCloseTo(0.5 + 100 / 1280)
  })

  it('is drawn in pixels of the element', () => {
    point(0.5, null)
    expect(laidMarks(board.marks, { width: 200, height: 100 }, WIDE, 'contain')[0]?.places).toEqual([{ x: 100, y: 50 }])
  })
})
