import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Publisher } from '@/call'
import { FakeClock, FakePeer, FakeStream, FakeTrack, settle } from './fakes'
import { FakeSignalling } from './signalling'

vi.stubGlobal('MediaStream', FakeStream)

describe('a publisher whose offer is made in the lobby', () => {
  let link: Publisher
  let peers: FakePeer[]

  beforeEach(() => {
    peers = []
    const makePeer = () => {
      const peer = new FakePeer()
      peers.push(peer)
      return peer as unknown as RTCPeerConnection
    }
    link = new Publisher({ signalling: new FakeSignalling() as never, clockwork: new FakeClock(), makePeer })
  })

  async function letIn(): Promise<void> {
    link.open()
    await settle()
    peers.at(-1)?.becomes('connected')
  }

  it('makes one offer beforehand however often it is asked to, and changes the track and the level of that one', async () => {
    // Two states of the room come at once while somebody waits in the lobby.
    await Promise.all([link.warmUp(), link.warmUp()])
    expect(peers).toHaveLength(1)
    const front = new FakeTrack('video', 'user')
    await link.setTrack('video', front as unknown as MediaStreamTrack)
    await letIn()
    await link.setLevel('VOICE_STILLS')
    expect(peers[0]?.replaced).toEqual([front])
    expect(peers[0]?.encodings[0]?.active).toBe(false)
  })

  it('leaves no connection behind when somebody goes while it is being made', async () => {
    const warmed = link.warmUp()
    link.close()
    await Promise.all([warmed, link.warmUp()])
    expect(peers.map(({ closed }) => closed)).toEqual([true, false])
    await letIn()
    expect(peers).toHaveLength(2)
  })

  it('changes the track of the connection that stands when an offer made beforehand came to nothing', async () => {
    const warmed = link.warmUp()
    // Let in while the first offer is still being made.
    await letIn()
    await warmed
    const track = new FakeTrack('video', 'user')
    await link.setTrack('video', track as unknown as MediaStreamTrack)
    const standing = peers.filter((one) => !one.closed)
    expect(standing.map(({ replaced }) => replaced)).toEqual([[track]])
    expect(peers.filter((one) => one.closed).flatMap(({ replaced }) => replaced)).toEqual([])
  })
})
