import { describe, expect, it } from 'vitest'
import { Refusal } from '@/api/refusal'
import { TicketHunt, type Ticket } from '@/call/tickethunt'
import { FakeClock } from './fakes'

interface Asked {
  signal: AbortSignal
  give: (ticket: Ticket) => void
  fail: (refusal: Refusal) => void
}

function hunting() {
  const clock = new FakeClock()
  const asked: Asked[] = []
  const hunt = new TicketHunt(
    (signal) =>
      new Promise((give, fail) => {
        asked.push({ signal, give, fail })
      }),
    clock,
  )
  return { clock, asked, hunt }
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
})
