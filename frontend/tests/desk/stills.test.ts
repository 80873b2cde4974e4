import { describe, expect, it } from 'vitest'
import { StillLog, uniqueById } from '@/desk/logic/stills'

describe('stills asked of the phone', () => {
  it('closes an ask when its evidence arrives, and says so once', () => {
    const log = new StillLog()
    log.ask('a', 'CY10', 0)
    log.named('r1', 'CY10')
    expect(log.done('r1')).toBe(true)
    expect(log.done('r1')).toBe(false)
    expect(log.open).toEqual([])
  })

  it('gives each request to its own ask when two run at once', () => {
    const log = new StillLog()
    log.ask('a', 'CY10', 0)
    log.ask('b', 'CY11', 1)
    log.named('r2', 'CY11')
    log.named('r1', 'CY10')
    log.done('r2')
    expect(log.open.map((still) => still.key)).toEqual(['a'])
  })

  it('keeps a failure in sight with its reason until it is dismissed', () => {
    const log = new StillLog()
    log.ask('a', null, 0)
    log.named('r1', null)
    log.failed('r1', 'camera_busy')
    expect(log.open[0]).toMatchObject({ state: 'FAILED', code: 'camera_busy' })
    log.dismiss('a')
    expect(log.open).toEqual([])
  })

  it('calls a silent phone a failure after the time it was given', () => {
    const log = new StillLog()
    log.ask('a', null, 0)
    expect(log.expire(19_999, 20_000)).toEqual([])
    expect(log.expire(20_000, 20_000)[0]?.code).toBe('no_answer')
    expect(log.expire(30_000, 20_000)).toEqual([])
  })

  it('does not reopen a request that was answered before it was named', () => {
    const log = new StillLog()
    log.done('r1')
    log.ask('b', null, 0)
    log.named('r1', null)
    expect(log.open[0]?.request).toBeNull()
  })

  it('shows one evidence item once, newest first', () => {
    const one = { id: '1', admitted_at: '2026-11-22T06:00:00Z' }
    const two = { id: '2', admitted_at: '2026-11-22T06:01:00Z' }
    expect(uniqueById([[one, two], [one]]).map((entry) => entry.id)).toEqual(['2', '1'])
  })
})
