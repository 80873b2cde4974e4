import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Refusal } from '@/api/refusal'
import { Publisher, Subscriber } from '@/call'
import { FakeClock, FakePeer, FakeStream, FakeTrack, settle } from './fakes'
import { FakeSignalling } from './signalling'

vi.stubGlobal('MediaStream', FakeStream)

describe('a link', () => {
  let clock: FakeClock
  let signalling: FakeSignalling
  let peers: FakePeer[]

  beforeEach(() => {
    clock = new FakeClock()
    signalling = new FakeSignalling()
    peers = []
  })

  const options = () => ({
    signalling: signalling as never,
    clockwork: clock,
    makePeer: () => {
      const peer = new FakePeer()
      peers.push(peer)
      return peer as unknown as RTCPeerConnection
    },
  })
  const peer = () => peers.at(-1) as FakePeer

  async function up(link: Publisher | Subscriber): Promise<void> {
    link.open()
    await settle()
    peer().becomes('connected')
  }

  it('offers, takes the answer and is up when the path stands', async () => {
    const link = new Publisher(options())
    link.startKbps = 1200
    await up(link)
    expect(signalling.offers[0]).toMatchObject({ type: 'peer.publish', sdp: 'offer', start_kbps: 1200 })
    expect(peer().answers).toEqual(['answer-1'])
    expect(link.state).toBe('up')
  })

  it('makes a new peer connection under a new id when the path fails', async () => {
    const link = new Publisher(options())
    await up(link)
    peer().becomes('failed')
    await clock.pass(310)
    expect(peers).toHaveLength(2)
    expect(peers[0]?.closed).toBe(true)
    expect(signalling.offers[1]?.peer).not.toBe(signalling.offers[0]?.peer)
    expect(signalling.closed).toEqual([signalling.offers[0]?.peer])
  })

  it('gives a disconnected path four seconds to come back', async () => {
    const link = new Publisher(options())
    await up(link)
    peer().becomes('disconnected')
    await clock.pass(3900)
    peer().bytes = 10
    expect(peers).toHaveLength(1)
    await clock.pass(500)
    expect(peers).toHaveLength(2)
  })

  it('renews when the server closed the peer, and ignores one that is no longer its own', async () => {
    const link = new Subscriber('li', options())
    await up(link)
    signalling.says({ type: 'peer.closed', peer: 'somebody-else', reason: 'gone' })
    await clock.pass(10)
    expect(peers).toHaveLength(1)
    signalling.says({ type: 'peer.closed', peer: signalling.offers[0]?.peer ?? '', reason: 'node_lost' })
    await clock.pass(310)
    expect(peers).toHaveLength(2)
    expect(signalling.closed).toEqual([])
  })

  it('offers at once, then after 0.3, 1, 2, 4 and every 8 seconds', async () => {
    signalling.refusal = new Refusal({ code: 'media_unavailable', status: 409 })
    const link = new Publisher(options())
    link.open()
    const at: number[] = []
    for (let step = 0; step < 260; step += 1) {
      const count = signalling.offers.length
      await clock.pass(100)
      for (let more = count; more < signalling.offers.length; more += 1) at.push(Math.round(clock.now() / 1000))
    }
    expect(at).toEqual([0, 0, 1, 3, 7, 15, 23])
  })

  it('stops for good when it is refused for good', async () => {
    signalling.refusal = new Refusal({ code: 'codec_unsupported', status: 409 })
    const link = new Publisher(options())
    const refused: string[] = []
    link.on('refused', (refusal) => refused.push(refusal.code))
    link.open()
    await clock.pass(60_000)
    expect(signalling.offers).toHaveLength(1)
    expect(refused).toEqual(['codec_unsupported'])
    expect(link.state).toBe('refused')
  })

  it('waits for the socket and then offers', async () => {
    signalling.status = 'waiting'
    const link = new Publisher(options())
    link.open()
    await settle()
    expect(signalling.offers).toHaveLength(0)
    signalling.becomes('open')
    await settle()
    expect(signalling.offers).toHaveLength(1)
  })

  it('outlives a socket that comes back', async () => {
    const link = new Publisher(options())
    await up(link)
    signalling.becomes('waiting')
    signalling.becomes('open')
    await settle()
    expect(peers).toHaveLength(1)
    expect(link.state).toBe('up')
  })

  it('makes one attempt of several reasons at once', async () => {
    const link = new Publisher(options())
    await up(link)
    link.renew()
    link.renew()
    peer().becomes('failed')
    await clock.pass(10)
    expect(peers.length).toBeLessThanOrEqual(3)
    expect(peers.filter((one) => !one.closed)).toHaveLength(1)
  })

  it('notices a path that died without a word', async () => {
    const link = new Subscriber('li', options())
    await up(link)
    const first = peer()
    first.bytes = 100
    await clock.pass(2100)
    first.bytes = 200
    await clock.pass(2000)
    expect(peers).toHaveLength(1)
    await clock.pass(6400)
    expect(peers).toHaveLength(2)
  })

  it('notices a picture that died while the sound goes on, and gives a thin line more time each time', async () => {
    const link = new Subscriber('li', options())
    link.pictureDue = true
    await up(link)
    const cuts: number[] = []
    for (let second = 0; second < 80; second += 2) {
      const count = peers.length
      peer().bytes += 100
      peer().videoBytes = 0
      await clock.pass(2000)
      if (peers.length > count) {
        cuts.push(second)
        await settle()
        peer().becomes('connected')
      }
    }
    // After 8, 16 and 32 seconds of sound alone.
    expect(cuts).toEqual([8, 26, 60])
  })

  it.each([
    ['the source sends none', { pictureDue: false }],
    ['the server leaves it out for this line', { pictureDue: true, view: 'VOICE' }],
  ])('takes a missing picture as right when %s', async (_, facts) => {
    const link = new Subscriber('li', options())
    await up(link)
    Object.assign(link, facts)
    for (let second = 0; second < 40; second += 2) {
      peer().bytes += 100
      peer().videoBytes = 0
      await clock.pass(2000)
    }
    expect(peers).toHaveLength(1)
  })

  it('misses its own picture only while it should send one', async () => {
    const link = new Publisher(options())
    for (const kind of ['audio', 'video'] as const) await link.setTrack(kind, new FakeTrack(kind) as unknown as MediaStreamTrack)
    await up(link)
    await link.setLevel('VOICE_STILLS')
    const talk = async () => {
      for (let second = 0; second < 12; second += 2) {
        peer().bytes += 100
        peer().videoBytes = 0
        await clock.pass(2000)
      }
    }
    await talk()
    expect(peers).toHaveLength(1)
    await link.setLevel('HD')
    await talk()
    expect(peers.length).toBeGreaterThan(1)
  })

  it('points by the data channel while it stands, unordered and once only', async () => {
    const link = new Publisher(options())
    const heard: unknown[] = []
    link.on('pointer', (pointer) => heard.push(pointer))
    await up(link)
    const channel = peer().channels[0]
    if (!channel) throw new Error('no channel')
    expect([channel.label, channel.init]).toEqual(['pointer', { ordered: false, maxRetransmits: 0 }])
    const point = { type: 'pointer' as const, source: 'li', x: 0.5, y: 0.5 }
    expect(link.point(point)).toBe(false)
    channel.readyState = 'open'
    expect(link.point(point)).toBe(true)
    expect(channel.sent).toEqual([{ ...point, id: 'point' }])
    channel.bufferedAmount = 10_000
    expect(link.point(point)).toBe(false)
    channel.bufferedAmount = 0
    peer().becomes('disconnected')
    expect(link.point(point)).toBe(false)
    channel.onmessage?.({ data: '{"type":"pointer","member":"wang","source":"li","x":0.1,"y":0.2,"stroke":null}' })
    expect(heard).toMatchObject([{ member: 'wang', x: 0.1 }])
    expect(peers).toHaveLength(1)
  })

  it('takes the silence of a source that sends nothing as right', async () => {
    const link = new Subscriber('li', options())
    link.sourceSends = false
    await up(link)
    await clock.pass(30_000)
    expect(peers).toHaveLength(1)
  })

  it('sends an offer made beforehand as soon as it may', async () => {
    const link = new Publisher(options())
    await link.warmUp()
    expect(signalling.offers).toHaveLength(0)
    await up(link)
    expect(peers).toHaveLength(1)
    expect(signalling.offers).toHaveLength(1)
  })

  it('does not send an offer that has grown old', async () => {
    const link = new Publisher(options())
    await link.warmUp()
    await clock.pass(61_000)
    await up(link)
    expect(peers).toHaveLength(2)
    expect(peers[0]?.closed).toBe(true)
  })

  it('changes a track without a new offer', async () => {
    const link = new Publisher(options())
    await up(link)
    const track = new FakeTrack('video', 'user')
    await link.setTrack('video', track as unknown as MediaStreamTrack)
    expect(peer().replaced).toEqual([track])
    expect(signalling.offers).toHaveLength(1)
  })

  it('shows life after a change of the network, or is made anew', async () => {
    const link = new Publisher(options())
    await up(link)
    await link.setTrack('audio', new FakeTrack('audio') as unknown as MediaStreamTrack)
    peer().heardBytes = 100
    link.check()
    await settle()
    peer().heardBytes = 200
    await clock.pass(1600)
    expect(peers).toHaveLength(1)
    link.check()
    await clock.pass(2000)
    expect(peers).toHaveLength(2)
  })

  it('offers as soon after the fifth change of the network as after the first', async () => {
    const link = new Publisher(options())
    await link.setTrack('audio', new FakeTrack('audio') as unknown as MediaStreamTrack)
    await up(link)
    for (let move = 1; move <= 5; move += 1) {
      peer().heardBytes = 100
      link.check()
      await clock.pass(1500 + 310)
      expect(peers).toHaveLength(move + 1)
      peer().becomes('connected')
      await settle()
    }
  })

  it('says so when nothing comes back for two seconds, and once only', async () => {
    const link = new Publisher(options())
    await link.setTrack('audio', new FakeTrack('audio') as unknown as MediaStreamTrack)
    let quiet = 0
    link.on('quiet', () => (quiet += 1))
    await up(link)
    for (let second = 0; second < 6; second += 1) {
      peer().bytes += 100
      peer().heardBytes = Math.min(peer().bytes, 300)
      await clock.pass(1000)
    }
    expect(quiet).toBe(1)
    expect(peers).toHaveLength(1)
  })

  it('is made anew over a new socket when nothing comes back, whatever it sends', async () => {
    const link = new Publisher(options())
    await link.setTrack('audio', new FakeTrack('audio') as unknown as MediaStreamTrack)
    await up(link)
    peer().heardBytes = 100
    for (let second = 0; second < 3; second += 1) {
      peer().bytes += 100
      await clock.pass(1000)
    }
    signalling.becomes('waiting')
    signalling.becomes('open')
    await clock.pass(1000)
    expect(peers).toHaveLength(2)
  })

  it('does not wait out its back-off when the network is back', async () => {
    signalling.refusal = new Refusal({ code: 'media_unavailable', status: 409 })
    const link = new Publisher(options())
    link.open()
    await clock.pass(9000)
    const tried = signalling.offers.length
    link.check()
    await settle()
    expect(signalling.offers).toHaveLength(tried + 1)
    await clock.pass(310)
    expect(signalling.offers).toHaveLength(tried + 2)
  })

  it('sends three temporal layers, and one where the browser knows none', async () => {
    const link = new Publisher(options())
    await up(link)
    expect(peer().encodings).toMatchObject([{ scalabilityMode: 'L1T3', maxBitrate: 2_500_000 }])
    FakePeer.refuseLayers = true
    try {
      link.renew()
      await settle()
    } finally {
      FakePeer.refuseLayers = false
    }
    expect(peer().encodings).toEqual([{ maxBitrate: 2_500_000, maxFramerate: 30 }])
  })

  it('steps down to 360 lines, then to voice, and up again, on the same connection', async () => {
    const link = new Publisher(options())
    await link.setTrack('video', new FakeTrack('video') as unknown as MediaStreamTrack)
    await up(link)
    await link.setLevel('SD')
    expect(peer().encodings).toMatchObject([{ active: true, scaleResolutionDownBy: 2, maxBitrate: 110_000, maxFramerate: 15 }])
    await link.setLevel('VOICE_STILLS')
    expect(peer().encodings).toMatchObject([{ active: false }])
    expect(peer().voice).toMatchObject([{ maxBitrate: 16_000 }])
    await link.setLevel('HD')
    expect(peer().encodings).toMatchObject([{ active: true, scaleResolutionDownBy: 1, maxBitrate: 2_500_000 }])
    expect(peers).toHaveLength(1)
    expect(signalling.offers).toHaveLength(1)
  })

  it('begins a new connection slowly when the last one could not carry much', async () => {
    const link = new Publisher(options())
    link.startKbps = 1200
    await up(link)
    await link.setLevel('SD')
    peer().becomes('failed')
    await clock.pass(310)
    expect(signalling.offers[1]).toMatchObject({ start_kbps: 150 })
    expect(link.level).toBe('HD')
    // The first try on the narrow line came to nothing: that says nothing of what it carries.
    peer().becomes('failed')
    await clock.pass(1010)
    expect(signalling.offers[2]).toMatchObject({ start_kbps: 150 })
    peer().becomes('connected')
    await clock.pass(10_000)
    peer().becomes('failed')
    await clock.pass(310)
    expect(signalling.offers[3]).toMatchObject({ start_kbps: 1200 })
  })

  it('closes its peer and says so', async () => {
    const link = new Publisher(options())
    await up(link)
    link.close()
    await clock.pass(60_000)
    expect(signalling.closed).toEqual([signalling.offers[0]?.peer])
    expect(peers).toHaveLength(1)
    expect(link.state).toBe('closed')
  })
})
