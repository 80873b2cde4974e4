import type { ClientMessage, MemberState, RoomState, ServerMessage } from '@/api/protocol.gen'
import type { BatteryCharge, CameraPlatform, Change, Clockwork, SocketLike, Surroundings } from '@/call'

/** A clock that only moves when the test says so. */
export class FakeClock implements Clockwork {
  private time = 0
  private timers: { at: number; run: () => void }[] = []

  now(): number {
    return this.time
  }
  random(): number {
    return 0.5
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((one) => one !== timer)
    }
  }
  /** Runs what is due, in order, and lets every promise settle between. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms
    for (;;) {
      await settle()
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.timers = this.timers.filter((one) => one !== due)
      this.time = Math.max(this.time, due.at)
      due.run()
    }
    this.time = end
    await settle()
  }
}

export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
}

export class FakeSocket implements SocketLike {
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly sent: ClientMessage[] = []
  closed = false

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage)
  }
  close(): void {
    this.closed = true
    this.readyState = 3
  }
  open(): void {
    this.readyState = 1
    this.onopen?.()
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  breaks(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }
  last<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }> {
    const found = this.sent.filter((message) => message.type === type).at(-1)
    if (!found) throw new Error(`no ${type} was sent`)
    return found as Extract<ClientMessage, { type: T }>
  }
  count(type: ClientMessage['type']): number {
    return this.sent.filter((message) => message.type === type).length
  }
}

export function member(id: string, more: Partial<MemberState> = {}): MemberState {
  return { id, role: 'HOST', name: id, label: '', subject: id, admitted: true, online: true, publishing: null, phone: null, link: null, level: null, level_reason: null, condition: null, condition_since: null, ...more }
}

export function roomState(version: number, members: MemberState[] = [], more: Partial<RoomState> = {}): RoomState {
  return {
    version,
    room: 'room',
    opened_at: '2026-06-03T06:00:00Z',
    closed: false,
    focus: null,
    members,
    recording: { state: 'OFF', since: null, segments: 0 },
    chat: [],
    ice_servers: [],
    ...more,
  }
}

export class FakeChannel {
  readyState: RTCDataChannelState = 'connecting'
  bufferedAmount = 0
  onmessage: ((event: { data: unknown }) => void) | null = null
  readonly sent: unknown[] = []

  constructor(
    readonly label: string,
    readonly init: RTCDataChannelInit,
  ) {}
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
}

export class FakePeer {
  /** A browser that knows no `scalabilityMode` refuses the whole transceiver. */
  static refuseLayers = false
  connectionState: RTCPeerConnectionState = 'new'
  signalingState: RTCSignalingState = 'stable'
  iceGatheringState: RTCIceGatheringState = 'complete'
  localDescription: { sdp: string } | null = null
  onconnectionstatechange: (() => void) | null = null
  ontrack: ((event: { track: unknown }) => void) | null = null
  readonly answers: string[] = []
  readonly replaced: unknown[] = []
  bytes = 0
  /** Of the picture; as many as of the sound unless a test says otherwise. */
  videoBytes: number | null = null
  /** By the path, media and feedback; more at each look unless a test says how many. */
  heardBytes: number | null = null
  private feedback = 0
  lineBits = 4_000_000
  closed = false
  readonly channels: FakeChannel[] = []

  /** Of the video sender, as last set. */
  encodings: RTCRtpEncodingParameters[] = []
  voice: RTCRtpEncodingParameters[] = [{}]

  addTransceiver(trackOrKind: unknown, init?: RTCRtpTransceiverInit): unknown {
    if (FakePeer.refuseLayers && init?.sendEncodings?.some((encoding) => 'scalabilityMode' in encoding)) {
      throw new DOMException('unknown scalability mode', 'OperationError')
    }
    const isVideo = init?.sendEncodings !== undefined
    if (isVideo) this.encodings = init?.sendEncodings ?? []
    return {
      sender: {
        track: trackOrKind instanceof FakeTrack ? trackOrKind : null,
        getParameters: () => ({ encodings: (isVideo ? this.encodings : this.voice).map((encoding) => ({ ...encoding })) }),
        setParameters: ({ encodings }: { encodings: RTCRtpEncodingParameters[] }) => {
          if (isVideo) this.encodings = encodings
          else this.voice = encodings
          return Promise.resolve()
        },
        replaceTrack: (track: unknown) => {
          this.replaced.push(track)
          return Promise.resolve()
        },
      },
    }
  }
  createDataChannel(label: string, init: RTCDataChannelInit): FakeChannel {
    const channel = new FakeChannel(label, init)
    this.channels.push(channel)
    return channel
  }
  createOffer(): Promise<{ type: 'offer'; sdp: string }> {
    return Promise.resolve({ type: 'offer', sdp: 'offer' })
  }
  setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description
    return Promise.resolve()
  }
  setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.answers.push(sdp)
    return Promise.resolve()
  }
  getStats(): Promise<Map<string, unknown>> {
    return Promise.resolve(
      new Map<string, unknown>([
        ['out-audio', { type: 'outbound-rtp', kind: 'audio', bytesSent: this.bytes }],
        ['out-video', { type: 'outbound-rtp', kind: 'video', bytesSent: this.videoBytes ?? this.bytes }],
        ['pair', { type: 'candidate-pair', nominated: true, availableOutgoingBitrate: this.lineBits }],
        ['transport', { type: 'transport', bytesReceived: this.heardBytes ?? (this.feedback += 10) }],
        ['in-audio', { type: 'inbound-rtp', kind: 'audio', bytesReceived: this.bytes }],
        ['in-video', { type: 'inbound-rtp', kind: 'video', bytesReceived: this.videoBytes ?? this.bytes }],
      ]),
    )
  }
  addEventListener(): void {
    // Gathering is complete from the start.
  }
  removeEventListener(): void {
    // See above.
  }
  close(): void {
    this.closed = true
    this.signalingState = 'closed'
  }
  becomes(state: RTCPeerConnectionState): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

export class FakeTrack {
  readyState: 'live' | 'ended' = 'live'
  muted = false
  enabled = true
  onmute: (() => void) | null = null
  onunmute: (() => void) | null = null
  onended: (() => void) | null = null
  torch = false
  readonly applied: unknown[] = []

  constructor(
    readonly kind: 'audio' | 'video',
    readonly facing = 'environment',
  ) {}
  stop(): void {
    this.readyState = 'ended'
  }
  getSettings(): MediaTrackSettings {
    return { width: 1280, height: 720 }
  }
  getCapabilities(): { torch: boolean } {
    return { torch: this.torch }
  }
  applyConstraints(constraints: unknown): Promise<void> {
    this.applied.push(constraints)
    return Promise.resolve()
  }
}

export class FakeStream {
  constructor(private readonly tracks: FakeTrack[] = []) {}
  getTracks(): FakeTrack[] {
    return [...this.tracks]
  }
  getVideoTracks(): FakeTrack[] {
    return this.tracks.filter((track) => track.kind === 'video')
  }
  getAudioTracks(): FakeTrack[] {
    return this.tracks.filter((track) => track.kind === 'audio')
  }
  addTrack(track: FakeTrack): void {
    this.tracks.push(track)
  }
}

/** A phone's camera: counts what is asked of it and refuses a second camera while the first is open, as Android does. */
export class FakePhone {
  readonly clock = new FakeClock()
  readonly asked: MediaStreamConstraints[] = []
  isVisible = true
  refuseWith: Error | null = null
  /** The camera on this side is held by another app. */
  refusesFacing: string | null = null
  flagsLie = false
  openVideo: FakeTrack | null = null
  private listener: () => void = () => undefined

  platform(): CameraPlatform {
    return {
      secure: true,
      getUserMedia: (constraints) => this.give(constraints),
      visible: () => this.isVisible,
      onVisibility: (listener) => {
        this.listener = listener
        return () => undefined
      },
      flagsLie: this.flagsLie,
      clockwork: this.clock,
    }
  }

  hide(): void {
    this.isVisible = false
    this.listener()
  }
  show(): void {
    this.isVisible = true
    this.listener()
  }

  private give(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints)
    if (this.refuseWith) return Promise.reject(this.refuseWith)
    if (this.openVideo?.readyState === 'live') return Promise.reject(new DOMException('busy', 'NotReadableError'))
    const facing = (constraints.video as { facingMode: { ideal: string } }).facingMode.ideal
    if (facing === this.refusesFacing) return Promise.reject(new DOMException('busy', 'NotReadableError'))
    this.openVideo = new FakeTrack('video', facing)
    const tracks = constraints.audio ? [this.openVideo, new FakeTrack('audio')] : [this.openVideo]
    return Promise.resolve(new FakeStream(tracks) as unknown as MediaStream)
  }
}

/** What happens around the phone, moved by the test. */
export class FakeSurroundings implements Surroundings {
  isOnline = true
  kind: string | null = 'wifi'
  charge: BatteryCharge | null = { level: 0.8, charging: false }
  private listener: (change: Change) => void = () => undefined

  constructor(private readonly phone: FakePhone) {}

  visible(): boolean {
    return this.phone.isVisible
  }
  online(): boolean {
    return this.isOnline
  }
  network(): string | null {
    return this.kind
  }
  battery(): BatteryCharge | null {
    return this.charge
  }
  onChange(listener: (change: Change) => void): () => void {
    this.listener = listener
    return () => undefined
  }
  says(change: Change): void {
    this.listener(change)
  }
  hide(): void {
    this.phone.hide()
    this.says('hidden')
  }
  show(): void {
    this.phone.show()
    this.says('visible')
  }
}
