import { describe, expect, it } from 'vitest'
import { gaps, layOut, type Mark, type Span } from '@/desk/logic/coverage'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 6, 0, 0) + seconds * 1000).toISOString()
const covered = (from: number, to: number): Span => ({ from: at(from), to: at(to), state: 'COVERED' })
const gap = (from: number, to: number, cause: string): Span => ({ from: at(from), to: at(to), state: 'GAP', cause })

describe('coverage strip', () => {
  it('draws each span at its place in time', () => {
    const { bars } = layOut([covered(0, 60), gap(60, 80, 'link_lost'), covered(80, 100)], [], 1000)
    expect(bars.map((bar) => [bar.state, Math.round(bar.x), Math.round(bar.width)])).toEqual([
      ['COVERED', 0, 600],
      ['COVERED', 800, 200],
      ['GAP', 600, 200],
    ])
  })

  it('keeps a very short gap visible, also at the right edge', () => {
    const { bars } = layOut([covered(0, 1799), gap(1799, 1799.5, 'link_lost')], [], 600)
    const shown = bars.find((bar) => bar.state === 'GAP')
    expect(shown?.width).toBe(3)
    expect((shown?.x ?? 0) + (shown?.width ?? 0)).toBeLessThanOrEqual(600)
  })

  it('stretches a running recording to now', () => {
    const strip = layOut([covered(0, 50)], [], 100, Date.parse(at(100)))
    expect(strip.bars[0]?.width).toBe(50)
    expect(strip.seconds).toBe(100)
  })

  it('draws nothing before the recording has begun', () => {
    expect(layOut([], [], 600)).toEqual({ bars: [], flags: [], ticks: [], seconds: 0, start: 0 })
    expect(layOut([covered(5, 5)], [], 600).bars).toEqual([])
  })

  it('gathers marks that would cover each other and drops those outside', () => {
    const marks: Mark[] = [
      { at: at(10), kind: 'still', label: '1' },
      { at: at(11), kind: 'still', label: '2' },
      { at: at(60), kind: 'item', label: 'CY03' },
      { at: at(500), kind: 'still', label: 'late' },
    ]
    const { flags } = layOut([covered(0, 100)], marks, 500)
    expect(flags.map((flag) => [flag.kind, flag.labels])).toEqual([
      ['still', ['1', '2']],
      ['item', ['CY03']],
    ])
  })

  it('names the gaps with their length', () => {
    expect(gaps([covered(0, 60), gap(60, 68, 'link_lost')])).toEqual([{ from: at(60), seconds: 8, cause: 'link_lost' }])
  })
})
