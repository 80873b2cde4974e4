import { describe, expect, it } from 'vitest'
import { Refusal } from '@/api/refusal'
import { TicketHunt, type Ticket } from '@/call/tickethunt'
import { FakeClock } from './fakes'

interface Asked {
  signal: AbortSignal
  give: (ticket: Ticket) => void
  fail: (refusal: Refusal) => void
}

interface Knocked {
  heard: (open: boolean) => void
  givenUp: boolean
}

function hunting({ door } = { door: false }) {
  const clock = new FakeClock()
  const asked: Asked[] = []
  const knocks: Knocked[] = []
  const knock = (heard: (open: boolean) => void) => {
    const one = { heard, givenUp: false }
    knocks.push(one)
    return () => {
      one.givenUp = true
    }
  }
  const hunt = new TicketHunt(
    (signal) =>
      new Promise((give, fail) => {
        asked.push({ signal, give, fail })
      }),
    clock,
    door ? knock : null,
  )
  return { clock, asked, hunt, knocks }
}

const TICKET = { ticket: 'ticket', url: '/ws/room' }

describe('a hunt for a ticket', () => {
  it('asks again beside a request that gets no answer; the first answer counts, the others are called off', async () => {
    const { clock, asked, hunt } = hunting()
    await clock.pass(3100)
    expect(asked).toHaveLength(3)
    asked[1]?.give(TICKET)
    await expect(hunt.ticket).resolves.toBe(TICKET)
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, true])
    await clock.pass(10_000)
    expect(asked).toHaveLength(3)
  })

  it('has four requests under way at most, the newest', async () => {
    const { clock, asked } = hunting()
    await clock.pass(9100)
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, true, false, false, false, false])
  })

  it('ends with what the server refuses for good', async () => {
    const { clock, asked, hunt } = hunting()
    await clock.pass(1600)
    asked[1]?.fail(new Refusal({ code: 'room_closed', status: 409 }))
    await expect(hunt.ticket).rejects.toMatchObject({ code: 'room_closed' })
    expect(asked[0]?.signal.aborted).toBe(true)
  })

  it('does not end with a request that broke while another is under way', async () => {
    const { clock, asked, hunt } = hunting()
    await clock.pass(1600)
    asked[1]?.fail(Refusal.offline())
    await clock.pass(10)
    asked[0]?.give(TICKET)
    await expect(hunt.ticket).resolves.toBe(TICKET)
  })

  it('ends when its only request broke, so that its owner may wait', async () => {
    const { asked, hunt, clock } = hunting()
    asked[0]?.fail(Refusal.offline())
    await expect(hunt.ticket).rejects.toMatchObject({ code: 'client_offline' })
    await clock.pass(5000)
    expect(asked).toHaveLength(1)
  })

  it('knocks where it knows the door, for no more connections than two wait in the dark, and asks the moment one opens', async () => {
    const { clock, asked, hunt, knocks } = hunting({ door: true })
    await clock.pass(60_000)
    // Each a connection of its own that went with it.
    expect(knocks.map(({ givenUp }) => givenUp)).toEqual([...Array<boolean>(11).fill(true), false])
    expect(asked).toHaveLength(2)
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, false])
    knocks.at(-1)?.heard(true)
    expect(asked).toHaveLength(3)
    asked[2]?.give(TICKET)
    await expect(hunt.ticket).resolves.toBe(TICKET)
    await clock.pass(60_000)
    expect(knocks).toHaveLength(12)
  })

  it('knocks again soon where nobody was in, and asks no more than four times at once where a ticket takes long', async () => {
    const { clock, asked, hunt, knocks } = hunting({ door: true })
    await clock.pass(3000)
    knocks[0]?.heard(false)
    await clock.pass(1500)
    expect(knocks).toHaveLength(2)
    for (let round = 1; round <= 3; round += 1) {
      knocks.at(-1)?.heard(true)
      await clock.pass(1500)
    }
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false, false, false, false])
    hunt.cancel()
    expect(knocks.at(-1)?.givenUp).toBe(true)
  })
})
