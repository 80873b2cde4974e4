import { describe, expect, it } from 'vitest'
import { CallMachine, type CallFacts } from '@/call'

const inside: Partial<CallFacts> = { camera: 'live', entered: true, socket: 'open', admitted: true, media: 'up' }

describe('the phases of a call', () => {
  it('calls the first connect a connect and every later one a reconnect', () => {
    const machine = new CallMachine()
    machine.know({ camera: 'live', entered: true, socket: 'connecting' })
    expect(machine.phase).toBe('connecting')
    machine.know({ socket: 'open', admitted: true, media: 'connecting' })
    expect(machine.phase).toBe('connecting')
    machine.know({ media: 'up' })
    expect(machine.phase).toBe('live')
    machine.know({ media: 'broken' })
    expect(machine.phase).toBe('reconnecting')
    machine.know({ media: 'up', socket: 'waiting' })
    expect(machine.phase).toBe('reconnecting')
  })

  it.each([
    ['left', 'ended'],
    ['room_closed', 'ended'],
    ['replaced', 'ended'],
    ['ticket_invalid', 'failed'],
    ['not_allowed', 'failed'],
    ['refused', 'failed'],
  ] as const)('after %s it has %s', (reason, phase) => {
    const machine = new CallMachine()
    machine.know(inside)
    machine.know({ ended: reason })
    expect(machine.phase).toBe(phase)
  })

  it('tells each change once, with where it came from', () => {
    const machine = new CallMachine()
    const seen: string[] = []
    machine.on('phase', ({ from, to }) => seen.push(`${from}>${to}`))
    machine.know(inside)
    machine.know({ admitted: true })
    machine.know({ camera: 'interrupted' })
    machine.know({ camera: 'live' })
    expect(seen).toEqual(['idle>live', 'live>interrupted', 'interrupted>live'])
  })

  it('fails when the media are refused for good', () => {
    const machine = new CallMachine()
    machine.know({ ...inside, media: 'refused' })
    expect(machine.phase).toBe('failed')
  })

  it('starts anew after an end, as a first connect', () => {
    const machine = new CallMachine()
    machine.know(inside)
    machine.know({ ended: 'left', entered: false, admitted: false, socket: 'ended', media: 'closed' })
    machine.know({ ended: null, entered: true, socket: 'connecting' })
    expect(machine.phase).toBe('connecting')
  })
})
