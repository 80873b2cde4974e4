import { beforeEach, describe, expect, it, vi } from 'vitest'
import { CameraOwner, CallSession, type CallPhase } from '@/call'
import type { MemberState, OnPointer } from '@/api/protocol.gen'
import { FakePeer, FakePhone, FakeSocket, FakeStream, FakeSurroundings, FakeTrack, member, roomState, settle } from './fakes'

vi.stubGlobal('MediaStream', FakeStream)

class FakeLock extends EventTarget {
  static newest: FakeLock | null = null
  constructor() {
    super()
    FakeLock.newest = this
  }
  release(): Promise<void> {
    return Promise.resolve()
  }
}
Object.defineProperty(navigator, 'wakeLock', { value: { request: () => Promise.resolve(new FakeLock()) } })

class Scene {
  readonly phone = new FakePhone()
  readonly around = new FakeSurroundings(this.phone)
  readonly sockets: FakeSocket[] = []
  readonly peers: FakePeer[] = []
  readonly phases: CallPhase[] = []
  readonly camera = new CameraOwner(this.phone.platform())
  readonly session: CallSession
  wall = 0
  private version = 1

  constructor() {
    this.session = new CallSession({
      getTicket: () => Promise.resolve({ ticket: 'ticket', url: '/ws/room' }),
      openSocket: () => {
        this.sockets.push(new FakeSocket())
        return this.socket
      },
      makePeer: () => {
        const made = this.peers[this.peers.push(new FakePeer()) - 1]
        return made as unknown as RTCPeerConnection
      },
      camera: this.camera,
      surroundings: this.around,
      clockwork: this.phone.clock,
      wallTime: () => this.wall,
    })
    this.session.on('phase', (phase) => this.phases.push(phase))
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket
  }
  get video(): FakeTrack {
    return this.camera.video as unknown as FakeTrack
  }
  get audio(): FakeTrack {
    return this.camera.audio as unknown as FakeTrack
  }
  get conditions() {
    return this.socket.sent.filter((message) => message.type === 'peer.condition').map((message) => message.condition)
  }
  pass(ms: number): Promise<void> {
    this.wall += ms
    return this.phone.clock.pass(ms)
  }

  room(more: Partial<MemberState> = {}) {
    this.version += 1
    return roomState(this.version, [member('me', { role: 'GUEST', ...more }), member('wang')])
  }

  async greet(): Promise<void> {
    await settle()
    this.socket.open()
    this.socket.say({ type: 'welcome', v: 1, member: 'me', state: this.room() })
    await settle()
  }

  /** Answers the newest offer and lets its path stand. */
  async connect(): Promise<void> {
    await settle()
    const { id, peer } = this.socket.last('peer.publish')
    this.socket.say({ type: 'peer.answer', reply_to: id, peer, sdp: 'answer' })
    for (const one of this.socket.sent) if (one.type === 'peer.subscribe') this.socket.say({ type: 'peer.answer', reply_to: one.id, peer: one.peer, sdp: '' })
    await settle()
    this.publisher.becomes('connected')
    await settle()
  }

  /** The publisher's; the other one of the two listens to the inspector. */
  get publisher(): FakePeer {
    return this.session.call.publisher.pc as unknown as FakePeer
  }

  async live(): Promise<void> {
    await this.session.openDevices()
    this.session.enter()
    await this.greet()
    await this.connect()
  }

  mute(...tracks: FakeTrack[]): Promise<void> {
    for (const track of tracks) {
      track.muted = true
      track.onmute?.()
    }
    return this.pass(1600)
  }
}

describe('the call of a phone', () => {
  let it_: Scene

  beforeEach(() => {
    it_ = new Scene()
  })

  it('goes from the device check over the lobby to the call, and ends', async () => {
    await it_.session.openDevices()
    await it_.session.probe(() => Promise.resolve())
    it_.session.enter()
    await settle()
    it_.socket.open()
    it_.socket.say({ type: 'welcome', v: 1, member: 'me', state: it_.room({ admitted: false }) })
    await settle()
    it_.socket.say({ type: 'room.state', state: it_.room() })
    await it_.connect()
    it_.socket.breaks(4410)
    expect(it_.phases).toEqual(['devices', 'ready', 'probing', 'ready', 'connecting', 'waiting', 'connecting', 'live', 'ended'])
    expect(it_.camera.state).toBe('closed')
  })

  it('starts with what the line carried in the lobby', async () => {
    await it_.session.openDevices()
    await it_.session.probe((noise) => it_.pass(60 + (noise.size * 8) / 1000))
    it_.session.enter()
    await it_.greet()
    const { start_kbps } = it_.socket.last('peer.publish')
    expect(start_kbps).toBeGreaterThan(500)
    expect(start_kbps).toBeLessThan(800)
  })

  it('fails with its cause when there is no camera, and can be tried again', async () => {
    it_.phone.refuseWith = new DOMException('', 'NotAllowedError')
    expect(await it_.session.openDevices()).toBe('denied')
    expect(it_.session.phase).toBe('failed')
    it_.phone.refuseWith = null
    expect(await it_.session.openDevices()).toBeNull()
    expect(it_.session.phase).toBe('ready')
  })

  it('keeps the media while the socket comes back', async () => {
    await it_.live()
    const before = it_.publisher
    it_.socket.breaks()
    expect(it_.session.phase).toBe('reconnecting')
    expect(it_.session.call.publisher.state).toBe('up')
    await it_.pass(310)
    await it_.greet()
    expect(it_.session.phase).toBe('live')
    expect(it_.publisher).toBe(before)
    expect(before.closed).toBe(false)
    expect(it_.socket.count('peer.publish')).toBe(0)
  })

  it('keeps the socket while the media come back, on a new connection of the same call', async () => {
    await it_.live()
    const first = it_.socket.last('peer.publish').peer
    it_.publisher.becomes('failed')
    expect(it_.session.phase).toBe('reconnecting')
    await it_.pass(310)
    await it_.connect()
    expect(it_.session.phase).toBe('live')
    expect(it_.sockets).toHaveLength(1)
    expect(it_.socket.last('peer.publish').peer).not.toBe(first)
  })

  it('asks socket and media for a sign of life when the network changes, and makes the dead ones anew', async () => {
    await it_.live()
    it_.publisher.heardBytes = 0
    it_.around.kind = 'cellular'
    it_.around.says('network')
    expect(it_.session.hindrance).toBe('network_change')
    expect(it_.conditions).toEqual(['network_change'])
    await it_.pass(3400)
    expect(it_.socket.count('hello')).toBe(0)
    expect(it_.sockets).toHaveLength(2)
    await it_.greet()
    await it_.connect()
    await it_.pass(4000)
    expect(it_.session.hindrance).toBeNull()
    expect(it_.conditions).toEqual([null])
  })

  it('names a telephone call when the system mutes the microphone, and comes back by itself', async () => {
    await it_.live()
    await it_.mute(it_.audio, it_.video)
    expect(it_.session.phase).toBe('interrupted')
    expect(it_.session.hindrance).toBe('phone_call')
    expect(it_.socket.last('member.update')).toMatchObject({ audio: false, video: false })
    for (const track of [it_.audio, it_.video]) {
      track.muted = false
      track.onunmute?.()
    }
    expect(it_.session.phase).toBe('live')
    expect(it_.conditions).toEqual(['phone_call', null])
  })

  it('is not back before both, sound and picture, are', async () => {
    await it_.live()
    await it_.mute(it_.audio, it_.video)
    it_.video.muted = false
    it_.video.onunmute?.()
    expect(it_.session.phase).toBe('interrupted')
    expect(it_.session.hindrance).toBe('phone_call')
  })

  it('says at once that the page is in the background, and opens a lying camera anew on return', async () => {
    await it_.live()
    it_.around.hide()
    expect(it_.session.hindrance).toBe('background')
    expect(it_.socket.last('member.update').visible).toBe(false)
    it_.video.stop()
    it_.video.onended?.()
    it_.around.show()
    await settle()
    expect(it_.camera.state).toBe('live')
    expect(it_.publisher.replaced.at(-1)).toBe(it_.camera.audio)
    expect(it_.conditions).toEqual(['background', null])
  })

  it('tells on return what it could not tell in time', async () => {
    await it_.live()
    it_.socket.readyState = 3
    it_.around.hide()
    it_.wall += 40_000
    it_.around.show()
    it_.socket.breaks()
    await it_.pass(310)
    await it_.greet()
    const said = it_.socket.sent.filter((message) => message.type === 'peer.condition')
    expect(said.map((message) => message.condition)).toEqual(['background', null])
    expect(said[0]?.seconds_ago).toBeCloseTo(40.31, 1)
  })

  it('tries again and again to get back a camera that another app took', async () => {
    await it_.live()
    it_.phone.refuseWith = new DOMException('', 'NotReadableError')
    it_.video.stop()
    it_.video.onended?.()
    await settle()
    expect(it_.session.hindrance).toBe('camera_taken')
    await it_.pass(2000)
    expect(it_.session.phase).toBe('interrupted')
    it_.phone.refuseWith = null
    it_.publisher.bytes += 100 // of the sound, which goes on
    await it_.pass(4000)
    expect(it_.session.phase).toBe('live')
    expect(it_.conditions).toEqual(['camera_taken', null])
  })

  it('says that the permission was revoked, and waits until it is given back', async () => {
    await it_.live()
    it_.phone.refuseWith = new DOMException('', 'NotAllowedError')
    it_.video.stop()
    it_.video.onended?.()
    await settle()
    expect(it_.session.hindrance).toBe('permission')
    expect(it_.socket.last('member.update').reason).toBe('camera_denied')
    const asked = it_.phone.asked.length
    await it_.pass(60_000)
    expect(it_.phone.asked).toHaveLength(asked)
    it_.phone.refuseWith = null
    it_.around.says('permission')
    await settle()
    expect(it_.session.hindrance).toBeNull()
  })

  it('uses a device that is plugged in again', async () => {
    await it_.live()
    it_.phone.refuseWith = new DOMException('', 'NotFoundError')
    it_.video.stop()
    it_.video.onended?.()
    await settle()
    expect(it_.session.hindrance).toBe('unplugged')
    it_.phone.refuseWith = null
    it_.around.says('devices')
    await settle()
    expect(it_.session.phase).toBe('live')
  })

  it('makes nothing of a track that ends and comes back at once', async () => {
    await it_.live()
    it_.audio.stop()
    it_.audio.onended?.()
    await settle()
    expect(it_.session.phase).toBe('live')
    expect(it_.conditions).toEqual([])
  })

  it('warns of a low battery, not of a charging one', async () => {
    await it_.live()
    it_.around.charge = { level: 0.1, charging: false }
    it_.around.says('battery')
    expect(it_.session.hindrance).toBe('battery_low')
    it_.around.charge = { level: 0.1, charging: true }
    it_.around.says('battery')
    expect(it_.session.hindrance).not.toBe('battery_low')
    expect(it_.conditions).toEqual(['battery_low', null])
  })

  it('reminds the person when the screen may go dark, and only the person', async () => {
    await it_.live()
    FakeLock.newest?.dispatchEvent(new Event('release'))
    expect(it_.session.hindrance).toBe('screen_dark')
    expect(it_.conditions).toEqual([])
    document.dispatchEvent(new Event('visibilitychange'))
    await settle()
    expect(it_.session.hindrance).toBeNull()
  })

  it('says that the person muted the microphone', async () => {
    await it_.live()
    it_.session.setMuted(true)
    expect(it_.audio.enabled).toBe(false)
    expect(it_.socket.last('member.update').audio).toBe(false)
    expect(it_.conditions).toEqual(['muted'])
  })

  it('turns the camera when the inspector asks, without a new offer, and confirms', async () => {
    await it_.live()
    const offers = it_.socket.count('peer.publish')
    it_.socket.say({ type: 'camera.ask', facing: 'other', torch: null })
    await settle()
    expect(it_.video.facing).toBe('user')
    expect(it_.publisher.replaced.at(-1)).toBe(it_.camera.video)
    expect(it_.socket.last('member.update')).toMatchObject({ facing: 'user', torch: null })
    expect(it_.socket.count('peer.publish')).toBe(offers)
    it_.socket.say({ type: 'camera.ask', facing: 'user', torch: null })
    await settle()
    expect(it_.video.facing).toBe('user')
  })

  it('lights the lamp when the inspector asks, and confirms', async () => {
    await it_.live()
    it_.video.torch = true
    it_.socket.say({ type: 'camera.ask', facing: null, torch: true })
    await settle()
    expect(it_.socket.last('member.update').torch).toBe(true)
    expect(it_.session.torch).toBe(true)
  })

  it('sends no more than the server allows, and all again when the line recovers', async () => {
    await it_.live()
    it_.socket.say({ type: 'media.level', member: 'me', level: 'VOICE_STILLS', reason: 'bandwidth' })
    await settle()
    expect(it_.publisher.encodings[0]?.active).toBe(false)
    it_.socket.say({ type: 'media.level', member: 'wang', level: 'SD', reason: 'bandwidth' })
    it_.socket.say({ type: 'room.state', state: it_.room({ level: 'HD' }) })
    await settle()
    expect(it_.publisher.encodings[0]?.active).toBe(true)
    it_.publisher.lineBits = 2_345_000
    await it_.phone.clock.pass(2600)
    expect(it_.socket.last('stats')).toMatchObject({ line_kbps: 2345 })
  })

  it('knows how much of a picture its own line bears, for the peer it has now', async () => {
    await it_.live()
    const { peer, source } = it_.socket.last('peer.subscribe')
    it_.socket.say({ type: 'view.level', peer: 'gone', source, level: 'VOICE' })
    expect(it_.session.call.remotes).toMatchObject([{ view: 'FULL' }])
    it_.socket.say({ type: 'view.level', peer, source, level: 'QUARTER' })
    expect(it_.session.call.remotes).toMatchObject([{ view: 'QUARTER' }])
  })

  it.each(['socket', 'data channel'])('shows what is pointed at in its own picture, and nobody else’s, by %s', async (way) => {
    await it_.live()
    const say = (pointer: OnPointer) => {
      if (way === 'socket') it_.socket.say(pointer)
      else it_.publisher.channels[0]?.onmessage?.({ data: JSON.stringify(pointer) })
    }
    say({ type: 'pointer', member: 'wang', source: 'me', x: 0.25, y: 0.5, stroke: null })
    say({ type: 'pointer', member: 'wang', source: 'chen', x: 0.9, y: 0.9, stroke: null })
    expect(it_.session.board.marks).toMatchObject([{ kind: 'ring', places: [{ x: 0.25, y: 0.5 }] }])
  })

  it('tells a waiting room nothing of the phone’s troubles', async () => {
    await it_.session.openDevices()
    it_.session.enter()
    await settle()
    it_.socket.open()
    it_.socket.say({ type: 'welcome', v: 1, member: 'me', state: it_.room({ admitted: false }) })
    it_.session.setMuted(true)
    expect(it_.conditions).toEqual([])
    it_.socket.say({ type: 'room.state', state: it_.room() })
    expect(it_.conditions).toEqual(['muted'])
  })
})
