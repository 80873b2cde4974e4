import { beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '@/api/refusal'
import { RoomConnection, type EndReason } from '@/call'
import { FakeClock, FakeSocket, roomState, settle } from './fakes'

describe('RoomConnection', () => {
  let clock: FakeClock
  let sockets: FakeSocket[]
  let tickets: number
  let ticketFails: Refusal | null
  let connection: RoomConnection
  let ends: EndReason[]

  beforeEach(() => {
    clock = new FakeClock()
    sockets = []
    tickets = 0
    ticketFails = null
    ends = []
    connection = new RoomConnection({
      getTicket: () => {
        if (ticketFails) return Promise.reject(ticketFails)
        tickets += 1
        return Promise.resolve({ ticket: `ticket-${tickets}`, url: '/ws/room' })
      },
      openSocket: () => {
        const socket = new FakeSocket()
        sockets.push(socket)
        return socket
      },
      clockwork: clock,
    })
    connection.on('ended', ({ reason }) => ends.push(reason))
  })

  const socket = () => sockets.at(-1) as FakeSocket

  async function enter(version = 1): Promise<void> {
    await settle()
    socket().open()
    socket().say({ type: 'welcome', v: 1, member: 'me', state: roomState(version) })
  }

  it('says hello with a ticket and is open after the welcome', async () => {
    connection.start()
    await settle()
    socket().open()
    expect(socket().last('hello')).toMatchObject({ v: 1, ticket: 'ticket-1' })
    expect(connection.status).toBe('connecting')
    socket().say({ type: 'welcome', v: 1, member: 'me', state: roomState(3) })
    expect(connection.status).toBe('open')
    expect(connection.member).toBe('me')
    expect(connection.state?.version).toBe(3)
  })

  it('comes back with a fresh ticket after a broken socket', async () => {
    connection.start()
    await enter()
    socket().breaks()
    expect(connection.status).toBe('waiting')
    await clock.pass(300)
    await enter(2)
    expect(sockets).toHaveLength(2)
    expect(socket().last('hello').ticket).toBe('ticket-2')
    expect(connection.status).toBe('open')
  })

  it('waits longer from try to try, and never more than five seconds', async () => {
    connection.start()
    const delays: number[] = []
    for (let attempt = 0; attempt < 7; attempt += 1) {
      await settle()
      const before = clock.now()
      const count = sockets.length
      socket().breaks()
      while (sockets.length === count) await clock.pass(50)
      delays.push(clock.now() - before)
    }
    expect(delays.slice(0, 4)).toEqual([300, 600, 1200, 2400])
    expect(Math.max(...delays)).toBeLessThanOrEqual(4550)
  })

  it('lets a superseded socket say nothing', async () => {
    connection.start()
    await enter()
    const old = socket()
    old.breaks()
    await clock.pass(400)
    await enter(5)
    old.say({ type: 'room.state', state: roomState(9) })
    old.breaks(4410)
    expect(connection.state?.version).toBe(5)
    expect(connection.status).toBe('open')
    expect(old.closed).toBe(true)
  })

  it('keeps the newest state of the room', async () => {
    connection.start()
    await enter(4)
    socket().say({ type: 'room.state', state: roomState(6) })
    socket().say({ type: 'room.state', state: roomState(5) })
    expect(connection.state?.version).toBe(6)
  })

  it('matches replies to requests and throws the refusal of the server', async () => {
    connection.start()
    await enter()
    const good = connection.request({ type: 'chat.send', text: '您好' })
    const bad = connection.request({ type: 'focus.set', item: null })
    socket().say({ type: 'error', reply_to: socket().last('focus.set').id, code: 'not_allowed', title: '不行', action: '请等', field: null })
    socket().say({ type: 'ack', reply_to: socket().last('chat.send').id, request: null })
    await expect(good).resolves.toMatchObject({ type: 'ack' })
    await expect(bad).rejects.toMatchObject({ code: 'not_allowed', title: '不行' })
  })

  it('gives up open requests when the socket breaks', async () => {
    connection.start()
    await enter()
    const request = connection.request({ type: 'chat.send', text: '您好' })
    socket().breaks()
    await expect(request).rejects.toMatchObject({ code: 'client_offline' })
  })

  it('takes a socket that answers nothing for dead and opens another', async () => {
    connection.start()
    await enter()
    const request = connection.request({ type: 'chat.send', text: '您好' })
    const refused = expect(request).rejects.toBeInstanceOf(Refusal)
    ticketFails = Refusal.offline()
    await clock.pass(7900)
    expect(connection.status).toBe('open')
    await clock.pass(100)
    await refused
    expect(connection.status).toBe('waiting')
    ticketFails = null
    await clock.pass(700)
    expect(sockets).toHaveLength(2)
  })

  it('opens another socket as soon as the line brings a ticket but the old one no reply', async () => {
    connection.start()
    await enter()
    const request = connection.request({ type: 'chat.send', text: '您好' })
    const refused = expect(request).rejects.toMatchObject({ code: 'client_offline' })
    await clock.pass(4900)
    expect(tickets).toBe(1)
    await clock.pass(200)
    await refused
    expect(sockets).toHaveLength(2)
    expect(sockets[0]?.closed).toBe(true)
    await enter(2)
    expect(connection.status).toBe('open')
    expect(socket().last('hello').ticket).toBe('ticket-2')
  })

  it('keeps a socket that speaks before the ticket comes', async () => {
    const aborted: boolean[] = []
    const slow = new RoomConnection({
      getTicket: (signal) => {
        tickets += 1
        if (tickets === 1) return Promise.resolve({ ticket: 'ticket-1', url: '/ws/room' })
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(true)
            reject(Refusal.aborted())
          })
        })
      },
      openSocket: () => {
        const made = new FakeSocket()
        sockets.push(made)
        return made
      },
      clockwork: clock,
    })
    slow.start()
    await enter()
    const request = slow.request({ type: 'chat.send', text: '您好' })
    await clock.pass(7000)
    expect(tickets).toBe(3)
    socket().say({ type: 'ack', reply_to: socket().last('chat.send').id, request: null })
    await expect(request).resolves.toMatchObject({ type: 'ack' })
    await clock.pass(10_000)
    expect(aborted).toHaveLength(2)
    expect(sockets).toHaveLength(1)
    expect(slow.status).toBe('open')
  })

  it('knocks in the dark with sockets that say nothing, and is back with a fresh ticket as soon as one opens', async () => {
    const pending: ((ticket: { ticket: string; url: string }) => void)[] = []
    const dark = new RoomConnection({
      getTicket: () => {
        tickets += 1
        if (tickets === 1) return Promise.resolve({ ticket: 'ticket-1', url: '/ws/room' })
        return new Promise((resolve) => pending.push(resolve))
      },
      openSocket: () => {
        const made = new FakeSocket()
        sockets.push(made)
        return made
      },
      clockwork: clock,
    })
    dark.start()
    await enter()
    dark.request({ type: 'chat.send', text: '您好' }, 1000).catch(() => undefined)
    await clock.pass(60_000)
    expect(pending).toHaveLength(2)
    // The old socket and eleven knocks were given up; the twelfth stands before the door.
    expect(sockets.map(({ closed }) => closed)).toEqual([...Array<boolean>(12).fill(true), false])
    const knock = socket()
    knock.open()
    expect(knock.closed).toBe(true)
    expect(knock.sent).toEqual([])
    pending[2]?.({ ticket: 'fresh', url: '/ws/room' })
    await enter(2)
    expect(socket().last('hello').ticket).toBe('fresh')
    expect(dark.status).toBe('open')
  })

  it('goes on with the ticket that was under way when the old socket broke', async () => {
    let give: (ticket: { ticket: string; url: string }) => void = () => undefined
    const waiting = new RoomConnection({
      getTicket: () => {
        tickets += 1
        if (tickets === 1) return Promise.resolve({ ticket: 'ticket-1', url: '/ws/room' })
        return new Promise((resolve) => {
          give = resolve
        })
      },
      openSocket: () => {
        const made = new FakeSocket()
        sockets.push(made)
        return made
      },
      clockwork: clock,
    })
    waiting.start()
    await enter()
    waiting.request({ type: 'chat.send', text: '您好' }, 1000).catch(() => undefined)
    await clock.pass(1200)
    expect(tickets).toBe(2)
    socket().breaks()
    await clock.pass(310)
    expect(waiting.status).toBe('connecting')
    expect(tickets).toBe(2)
    give({ ticket: 'late', url: '/ws/room' })
    await enter(2)
    expect(socket().last('hello').ticket).toBe('late')
    expect(sockets).toHaveLength(2)
    expect(waiting.status).toBe('open')
  })

  it.each([
    [4409, 'replaced'],
    [4410, 'room_closed'],
    [4403, 'not_allowed'],
  ] as const)('does not come back after close code %i', async (code, reason) => {
    connection.start()
    await enter()
    socket().breaks(code)
    await clock.pass(60_000)
    expect(ends).toEqual([reason])
    expect(sockets).toHaveLength(1)
  })

  it('stops after three bad tickets in a row', async () => {
    connection.start()
    for (let round = 0; round < 3; round += 1) {
      await settle()
      socket().open()
      socket().breaks(4401)
      await clock.pass(3000)
    }
    expect(ends).toEqual(['ticket_invalid'])
    expect(sockets).toHaveLength(3)
  })

  it('waits ten seconds after it was too loud', async () => {
    connection.start()
    await enter()
    socket().breaks(4429)
    await clock.pass(9900)
    expect(sockets).toHaveLength(1)
    await clock.pass(200)
    expect(sockets).toHaveLength(2)
  })

  it('ends with the refusal when the ticket is refused for good', async () => {
    ticketFails = new Refusal({ code: 'too_early', status: 409 })
    connection.start()
    await settle()
    expect(ends).toEqual(['refused'])
    expect(connection.status).toBe('ended')
    ticketFails = null
    connection.start()
    await enter()
    expect(connection.status).toBe('open')
  })

  it('tries again at once when the network is back', async () => {
    ticketFails = Refusal.offline()
    connection.start()
    await settle()
    expect(connection.status).toBe('waiting')
    ticketFails = null
    connection.retryNow()
    await enter()
    expect(connection.status).toBe('open')
  })

  it('says goodbye when it leaves', async () => {
    connection.start()
    await enter()
    const last = socket()
    connection.stop()
    expect(last.count('leave')).toBe(1)
    expect(last.closed).toBe(true)
    expect(ends).toEqual(['left'])
  })
})
