import type { OnCameraAsk, RoomState, ServerMessage } from '@/api/protocol.gen'
import { CameraOwner, CameraRefused, type CameraTrouble } from './camera'
import { wallClockwork, type Clockwork } from './clockwork'
import { RoomConnection, type ConnectionOptions, type EndReason } from './connection'
import { Emitter } from './emitter'
import { conditionOf, ConditionTeller, hindranceOf, reasonOf, type Hindrance } from './hindrance'
import { CallMachine, type CallPhase } from './machine'
import type { PeerFactory } from './peerlink'
import { PointerBoard } from './pointer'
import { measureUpload, startBitrate, type UploadMeasure } from './probe'
import { RoomCall } from './roomcall'
import { BrowserSurroundings, type Change, type Surroundings } from './surroundings'
import { WakeLockKeeper } from './wakelock'

export interface SessionOptions extends Pick<ConnectionOptions, 'getTicket' | 'openSocket'> {
  camera?: CameraOwner
  surroundings?: Surroundings
  clockwork?: Clockwork
  makePeer?: PeerFactory
  wallTime?: () => number
}

interface SessionEvents {
  phase: CallPhase
  hindrance: Hindrance | null
  /** The camera, its lamp or the microphone is another than before. */
  devices: undefined
}

/** After a change of the network, before the check of the paths has spoken. */
const SETTLE_MS = 2000
/** Ends after which nobody needs the camera any more. */
const OVER: ReadonlySet<EndReason> = new Set(['left', 'room_closed'])

/** The phone's call from the device check to its end: one camera, one socket, one publisher, and what the phone does meanwhile. */
export class CallSession extends Emitter<SessionEvents> {
  readonly camera: CameraOwner
  readonly connection: RoomConnection
  readonly call: RoomCall
  readonly machine = new CallMachine()
  /** What the inspectors point at in this phone's picture. */
  readonly board: PointerBoard
  hindrance: Hindrance | null = null
  muted = false

  private readonly surroundings: Surroundings
  private readonly clockwork: Clockwork
  private readonly wakeLock: WakeLockKeeper
  private readonly teller: ConditionTeller
  private trouble: CameraTrouble | null = null
  private moving = false
  /** From leaving the page until the camera is back after it. */
  private away = false
  private cancelSettle: () => void = () => undefined

  constructor(options: SessionOptions) {
    super()
    this.clockwork = options.clockwork ?? wallClockwork
    this.camera = options.camera ?? new CameraOwner()
    this.surroundings = options.surroundings ?? new BrowserSurroundings()
    this.board = new PointerBoard(this.clockwork)
    this.wakeLock = new WakeLockKeeper(() => this.look())
    const { getTicket, openSocket, makePeer, wallTime } = options
    this.connection = new RoomConnection({ getTicket, clockwork: this.clockwork, ...(openSocket ? { openSocket } : {}) })
    // Before the media hear of it: a socket that ended takes them along, and that is no reconnect.
    this.connection.on('status', (socket) => this.machine.know({ socket }))
    this.call = new RoomCall({ connection: this.connection, clockwork: this.clockwork, ...(makePeer ? { makePeer } : {}) })
    this.teller = new ConditionTeller((message) => this.machine.facts.admitted && this.connection.send(message), wallTime)
    this.hearDevices()
    this.hearRoom()
    this.machine.on('phase', ({ to }) => this.emit('phase', to))
    this.surroundings.onChange((change) => this.changed(change))
  }

  get phase(): CallPhase {
    return this.machine.phase
  }

  get torch(): boolean {
    return this.camera.torchOn
  }

  /** Camera and microphone, or the camera alone where there is no microphone; the cause when neither comes. */
  async openDevices(): Promise<CameraTrouble | null> {
    this.trouble = null
    this.machine.know({ refused: false })
    const trouble = (await this.tryDevices(true)) ?? null
    // A phone whose microphone is missing can still show and write.
    this.trouble = trouble === 'no_camera' ? await this.tryDevices(false) : trouble
    this.machine.know({ refused: this.trouble !== null })
    return this.trouble
  }

  /** Three seconds of upload at most; what the line carries is what the picture starts with. */
  async probe(send: (noise: Blob) => Promise<void>): Promise<UploadMeasure> {
    this.machine.know({ probing: true })
    try {
      const measure = await measureUpload(send, this.clockwork)
      this.call.publisher.startKbps = startBitrate(measure)
      return measure
    } finally {
      this.machine.know({ probing: false })
    }
  }

  enter(): void {
    this.machine.know({ entered: true, ended: null })
    this.wakeLock.hold()
    this.connection.start()
  }

  leave(): void {
    this.connection.stop()
  }

  /** After a refusal of the media, or the end of the socket. */
  retry(): void {
    this.call.publisher.close()
    if (this.machine.facts.admitted) this.call.publisher.open()
    this.enter()
  }

  setMuted(muted: boolean): void {
    this.muted = muted
    this.camera.setAudio(!muted)
    this.look()
    this.tell()
  }

  async flip(): Promise<void> {
    await this.use(() => this.camera.flip())
  }

  async setTorch(on: boolean): Promise<void> {
    await this.use(() => this.camera.setTorch(on))
  }

  async resume(): Promise<void> {
    if (this.camera.state === 'closed') await this.openDevices()
    else await this.camera.resume()
  }

  private async tryDevices(audio: boolean): Promise<CameraTrouble | null> {
    try {
      await this.camera.open({ audio })
      return null
    } catch (error) {
      if (!(error instanceof CameraRefused)) throw error
      return error.trouble
    }
  }

  /** Switches something of the camera and says how it is now, whether it worked or not. */
  private async use(run: () => Promise<unknown>): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (!(error instanceof CameraRefused) && !(error instanceof DOMException)) throw error
      // A camera that went back to where it was is no trouble.
      if (error instanceof CameraRefused && this.camera.state !== 'live') this.trouble = error.trouble
      this.look()
    }
    this.emit('devices', undefined)
    this.tell()
  }

  private hearDevices(): void {
    this.camera.on('track', ({ kind, track }) => {
      void this.call.publisher.setTrack(kind, track)
      this.emit('devices', undefined)
    })
    this.camera.on('trouble', (trouble) => {
      this.trouble = trouble
      this.look()
    })
    this.camera.on('state', (state) => {
      if (state === 'live') this.trouble = null
      this.machine.know({ camera: state })
      this.look()
      this.tell()
    })
  }

  private hearRoom(): void {
    this.connection.on('status', (socket) => {
      if (socket !== 'open') return
      this.look()
      this.teller.again()
    })
    this.connection.on('state', (state) => this.follow(state))
    this.connection.on('message', (message) => this.take(message))
    this.connection.on('ended', ({ reason }) => this.over(reason))
    this.call.on('pointer', (pointer) => {
      if (pointer.source === this.connection.member) this.board.take(pointer)
    })
    this.call.on('publishing', (media) => {
      this.machine.know({ media })
      this.look()
    })
  }

  private follow(state: RoomState): void {
    const admitted = state.members.find((member) => member.id === this.connection.member)?.admitted ?? false
    this.machine.know({ admitted })
    // The offer is made while the person still waits, so that the picture is there at once.
    if (admitted && !state.closed) this.call.publisher.open()
    else void this.call.publisher.warmUp()
    this.look()
  }

  private take(message: ServerMessage): void {
    if (message.type === 'camera.ask') void this.obey(message)
  }

  private async obey({ facing, torch }: OnCameraAsk): Promise<void> {
    if (facing === 'other') await this.flip()
    else if (facing !== null) await this.use(() => this.camera.turnTo(facing))
    if (torch !== null) await this.setTorch(torch)
  }

  private over(reason: EndReason): void {
    this.board.clear()
    if (OVER.has(reason)) {
      this.camera.close()
      this.wakeLock.release()
    }
    this.machine.know({ ended: reason, entered: false, admitted: false })
  }

  private changed(change: Change): void {
    if (change === 'network' || change === 'offline') this.moved()
    if (change === 'network' || change === 'online' || change === 'visible') this.call.check()
    if (change === 'online') this.settle()
    if (change === 'devices' || change === 'permission') this.camera.lookAgain()
    this.look()
    if (change !== 'rotated') this.tell()
  }

  private moved(): void {
    this.moving = this.machine.facts.admitted
    this.settle()
  }

  /** The move is over once the paths have been checked and stand. */
  private settle(): void {
    this.cancelSettle()
    this.cancelSettle = this.clockwork.after(SETTLE_MS, () => {
      const { socket, media } = this.machine.facts
      if (this.surroundings.online() && socket === 'open' && media === 'up') {
        this.moving = false
        this.look()
      } else if (this.moving) this.settle()
    })
  }

  private look(): void {
    if (!this.surroundings.visible()) this.away = true
    else if (this.camera.state !== 'interrupted' || this.trouble) this.away = false
    const hindrance = hindranceOf({
      visible: !this.away,
      audioLost: this.camera.lost.audio,
      videoLost: this.camera.lost.video,
      trouble: this.trouble,
      moving: this.moving,
      battery: this.surroundings.battery(),
      muted: this.muted,
      screenMayDarken: this.wakeLock.missing,
    })
    if (this.machine.facts.admitted) this.teller.become(conditionOf(hindrance))
    if (hindrance === this.hindrance) return
    this.hindrance = hindrance
    this.emit('hindrance', hindrance)
    this.tell()
  }

  private tell(): void {
    this.call.tell({
      audio: !this.muted && this.camera.sends('audio'),
      video: this.camera.sends('video'),
      visible: this.surroundings.visible(),
      network: this.surroundings.network(),
      battery: this.surroundings.battery()?.level ?? null,
      reason: reasonOf(this.hindrance),
      facing: this.camera.state === 'closed' ? null : this.camera.facing,
      torch: this.camera.hasTorch ? this.camera.torchOn : null,
    })
  }
}
