import { beforeEach, describe, expect, it } from 'vitest'
import type { ChatLine } from '@/api/protocol.gen'
import { RoomConnection } from '@/call'
import { FakeClock, FakeSocket, roomState, settle } from './fakes'

const line = (id: string): ChatLine => ({ id, member: 'wang', name: '王勘验', text: `第 ${id} 句`, at: '2026-11-22T01:00:00Z' })

describe('the chat, each line said once', () => {
  let sockets: FakeSocket[]
  let connection: RoomConnection

  beforeEach(async () => {
    sockets = []
    connection = new RoomConnection({
      getTicket: () => Promise.resolve({ ticket: 't', url: '/ws/room' }),
      openSocket: () => {
        const socket = new FakeSocket()
        sockets.push(socket)
        return socket
      },
      clockwork: new FakeClock(),
    })
    connection.start()
    await settle()
    socket().open()
    socket().say({ type: 'welcome', v: 1, member: 'me', state: { ...roomState(1), chat: [line('1')] } })
  })

  const socket = () => sockets.at(-1) as FakeSocket
  const ids = () => connection.state?.chat.map((one) => one.id)

  it('asks for it', () => {
    expect(socket().last('hello')).toMatchObject({ chat_once: true })
  })

  it('keeps the lines of the welcome when a state brings none', () => {
    socket().say({ type: 'room.state', state: roomState(2) })
    expect(ids()).toEqual(['1'])
    expect(connection.state?.version).toBe(2)
  })

  it('adds a line that comes alone and shows it at once', () => {
    const shown: number[] = []
    connection.on('state', (state) => shown.push(state.chat.length))
    socket().say({ type: 'chat.message', message: line('2') })
    expect(ids()).toEqual(['1', '2'])
    expect(shown).toEqual([2])
  })

  it('has no line twice from a server that says all of them every time', () => {
    socket().say({ type: 'room.state', state: { ...roomState(2), chat: [line('1'), line('2')] } })
    socket().say({ type: 'chat.message', message: line('2') })
    expect(ids()).toEqual(['1', '2'])
  })

  it('begins again with every welcome', () => {
    socket().say({ type: 'chat.message', message: line('2') })
    socket().say({ type: 'welcome', v: 1, member: 'me', state: { ...roomState(3), chat: [line('2'), line('3')] } })
    expect(ids()).toEqual(['2', '3'])
  })
})
