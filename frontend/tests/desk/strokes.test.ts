import { describe, expect, it } from 'vitest'
import { enough, strokesOf } from '@/desk/logic/strokes'
import { sparkline } from '@/desk/logic/sparkline'

const points = (count: number, from: number) =>
  Array.from({ length: count }, (_, index) => ({ x: index, y: index, time: from + index * 10, pressure: 0.5 }))

describe('a signature', () => {
  it('counts time from the first touch', () => {
    const strokes = strokesOf([{ points: points(2, 1000) }, { points: points(2, 1500) }])
    expect(strokes.map((stroke) => stroke.map((point) => point.t))).toEqual([
      [0, 10],
      [500, 510],
    ])
  })

  it('is more than a dot and may be one long stroke', () => {
    expect(enough([])).toBe(false)
    expect(enough(strokesOf([{ points: points(1, 0) }, { points: points(1, 9) }]))).toBe(false)
    expect(enough(strokesOf([{ points: points(2, 0) }]))).toBe(false)
    expect(enough(strokesOf([{ points: points(2, 0) }, { points: points(2, 50) }]))).toBe(true)
    expect(enough(strokesOf([{ points: points(30, 0) }]))).toBe(true)
  })
})

describe('a sparkline', () => {
  it('runs from edge to edge with the axis at zero', () => {
    expect(sparkline([0, 100], 200, 32).line).toBe('M0 32L200 2')
    expect(sparkline([5], 200, 32)).toEqual({ line: '', area: '' })
  })
})
