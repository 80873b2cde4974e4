import { describe, expect, it } from 'vitest'
import { DeviceTime, type Reading } from '@/capture/devicetime'

const HOUR = 3_600_000
const SERVER = Date.parse('2026-11-23T01:00:00Z')

function phone(wall: number): { shows: Reading; read: () => Reading } {
  const shows = { wall, mono: 1000 }
  return { shows, read: () => ({ ...shows }) }
}

function pass(shows: Reading, ms: number): void {
  shows.wall += ms
  shows.mono += ms
}

describe('DeviceTime', () => {
  it('tells the server’s time on a phone that is three hours off', () => {
    const { shows, read } = phone(SERVER - 3 * HOUR)
    const time = new DeviceTime('a', null, read)
    time.heard(SERVER)
    pass(shows, 60_000)
    expect(time.occurredAt(time.stamp()).getTime()).toBe(SERVER + 60_000)
  })

  it('corrects what was done before and after the clock was moved without a network', () => {
    const { shows, read } = phone(SERVER)
    const time = new DeviceTime('a', null, read)
    time.heard(SERVER)
    pass(shows, HOUR)
    const before = time.stamp()
    shows.wall -= 5 * HOUR
    pass(shows, HOUR)
    const after = time.stamp()
    pass(shows, HOUR)
    expect(time.heard(SERVER + 3 * HOUR)).toEqual({ moved: -5 * HOUR })
    expect(time.occurredAt(before).getTime()).toBe(SERVER + HOUR)
    expect(time.occurredAt(after).getTime()).toBe(SERVER + 2 * HOUR)
  })

  it('does not take a sleeping phone for a moved clock', () => {
    const { shows, read } = phone(SERVER)
    const time = new DeviceTime('a', null, read)
    time.heard(SERVER)
    shows.wall += 2 * HOUR // asleep: the monotonic clock stood still
    const done = time.stamp()
    pass(shows, HOUR)
    expect(time.heard(SERVER + 3 * HOUR)).toBeNull()
    expect(time.occurredAt(done).getTime()).toBe(SERVER + 2 * HOUR)
  })

  it('keeps the order of what was done and never tells the future', () => {
    const { shows, read } = phone(SERVER)
    const time = new DeviceTime('b', 0, read)
    const done = { ...time.stamp(), wall: SERVER + 9 * HOUR }
    pass(shows, 1000)
    time.heard(SERVER + 1000)
    expect(time.occurredAt(done).getTime()).toBe(SERVER + 1000)
    expect(time.occurredAt(time.stamp(), SERVER + 5000).getTime()).toBe(SERVER + 5000)
  })
})
