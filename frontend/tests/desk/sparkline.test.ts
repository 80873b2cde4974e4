import { describe, expect, it } from 'vitest'
import { sparkline } from '@/desk/logic/sparkline'

describe('the small chart', () => {
  it('begins with two values', () => {
    expect(sparkline([3], 100, 20)).toEqual({ line: '', area: '' })
  })

  it('reaches to its greatest value, and leaves what is rare low', () => {
    expect(sparkline([0, 50], 100, 20).line).toBe('M0 20L100 2')
    expect(sparkline([0, 1], 100, 20, 10).line).toBe('M0 20L100 18.2')
  })
})
