import { shallowReactive } from 'vue'
import type { RoomState, ServerMessage } from '@/api/protocol.gen'
import { paced } from '@/api/paced'
import type { Refusal } from '@/api/refusal'
import {
  CameraOwner,
  CameraRefused,
  RoomCall,
  RoomConnection,
  startBitrate,
  WakeLockKeeper,
  type CameraState,
  type CameraTrouble,
  type ConnectionStatus,
  type EndReason,
  type LinkState,
  type RemoteMedia,
  type UploadMeasure,
} from '@/call'
import { api, local, refresh, socketIsOpen } from './session'
import { StillTaker, type StillNews } from './stills'

interface RoomView {
  camera: CameraState
  trouble: CameraTrouble | null
  stream: MediaStream | null
  status: ConnectionStatus
  state: RoomState | null
  member: string | null
  remotes: RemoteMedia[]
  publishing: LinkState
  ended: { reason: EndReason; refusal: Refusal | null } | null
  mediaRefusal: Refusal | null
  muted: boolean
  torch: boolean
  hasTorch: boolean
  still: StillNews
  measure: UploadMeasure | null
}

export const room = shallowReactive<RoomView>({
  camera: 'closed',
  trouble: null,
  stream: null,
  status: 'idle',
  state: null,
  member: null,
  remotes: [],
  publishing: 'closed',
  ended: null,
  mediaRefusal: null,
  muted: false,
  torch: false,
  hasTorch: false,
  still: 'none',
  measure: null,
})

const camera = new CameraOwner()
const wakeLock = new WakeLockKeeper()
let connection: RoomConnection | null = null
let call: RoomCall | null = null
let stills: StillTaker | null = null
let retryTimer: ReturnType<typeof setTimeout> | undefined

camera.on('state', (state) => {
  room.camera = state
  tell()
})
camera.on('stream', (stream) => {
  room.stream = stream
  room.trouble = null
  room.hasTorch = camera.hasTorch
  room.torch = false
})
camera.on('track', ({ kind, track }) => void call?.publisher.setTrack(kind, track))
camera.on('trouble', (trouble) => {
  room.trouble = trouble
})

export async function openCamera(): Promise<boolean> {
  room.trouble = null
  if (!('RTCPeerConnection' in globalThis)) {
    room.trouble = isSecureContext ? 'unsupported' : 'insecure'
    return false
  }
  try {
    await camera.open()
    return true
  } catch (error) {
    if (!(error instanceof CameraRefused)) throw error
    if (error.trouble === 'no_camera') return openWithoutMicrophone()
    room.trouble = error.trouble
    return false
  }
}

/** A phone whose microphone is missing can still show and write. */
async function openWithoutMicrophone(): Promise<boolean> {
  try {
    await camera.open({ audio: false })
    return true
  } catch (error) {
    if (!(error instanceof CameraRefused)) throw error
    room.trouble = error.trouble
    return false
  }
}

export function enterRoom(): void {
  local.entered = true
  room.ended = null
  clearTimeout(retryTimer)
  wakeLock.hold()
  if (!connection) build()
  connection?.start()
}

function build(): void {
  const made = new RoomConnection({ getTicket: () => api.ticket() })
  connection = made
  call = new RoomCall({ connection: made })
  stills = new StillTaker(made, camera, (news) => {
    room.still = news
  })
  call.publisher.startKbps = startBitrate(room.measure)
  void call.publisher.setTrack('audio', camera.audio)
  void call.publisher.setTrack('video', camera.video)
  call.publisher.on('refused', (refusal) => {
    room.mediaRefusal = refusal
  })
  call.on('publishing', (state) => {
    room.publishing = state
  })
  call.on('remotes', (remotes) => {
    room.remotes = remotes
  })
  made.on('status', (status) => {
    room.status = status
    socketIsOpen(status === 'open')
    if (status === 'open') {
      tell()
      void refresh()
    }
  })
  made.on('state', follow)
  made.on('message', take)
  made.on('ended', ended)
  document.addEventListener('visibilitychange', () => {
    tell()
    if (document.visibilityState === 'visible') made.retryNow()
  })
  addEventListener('online', () => made.retryNow())
  addEventListener('pagehide', () => made.stop())
}

function follow(state: RoomState): void {
  room.state = state
  room.member = connection?.member ?? null
  const me = state.members.find((member) => member.id === room.member)
  local.admitted = me?.admitted ?? false
  // The offer is made while the person still waits, so that the picture is there at once.
  if (local.admitted && !state.closed) call?.publisher.open()
  else void call?.publisher.warmUp()
}

const poke = paced(() => void refresh(), 1000)

function take(message: ServerMessage): void {
  if (message.type === 'stream.changed') poke()
  else if (message.type === 'still.requested') stills?.requested(message.request, message.item)
  else if (message.type === 'device.command') void obey(message.command)
}

function ended(end: { reason: EndReason; refusal: Refusal | null }): void {
  room.ended = end
  local.admitted = false
  void refresh()
  if (end.refusal?.code === 'too_early') {
    // Nobody wants to press a button every minute: the page tries again by itself.
    retryTimer = setTimeout(() => enterRoom(), 15_000)
    return
  }
  if (end.reason === 'room_closed' || end.reason === 'left') {
    camera.close()
    wakeLock.release()
    room.stream = null
  }
}

async function obey(command: 'torch_on' | 'torch_off' | 'flip'): Promise<void> {
  if (command === 'flip') await flip()
  else await setTorch(command === 'torch_on')
}

export async function flip(): Promise<void> {
  try {
    await camera.flip()
  } catch (error) {
    if (!(error instanceof CameraRefused)) throw error
    room.trouble = error.trouble
  }
}

export async function setTorch(on: boolean): Promise<void> {
  await camera.setTorch(on)
  room.torch = camera.torchOn
}

export function setMuted(muted: boolean): void {
  room.muted = muted
  camera.setAudio(!muted)
  tell()
}

export async function resumeCamera(): Promise<void> {
  if (camera.state === 'closed') await openCamera()
  else await camera.resume()
}

export function hangUp(): void {
  connection?.stop()
  local.entered = false
}

/** Tries the media again after a refusal, or the room after an end. */
export function retryRoom(): void {
  room.mediaRefusal = null
  call?.publisher.close()
  if (local.admitted) call?.publisher.open()
  connection?.start()
}

export async function sendChat(text: string): Promise<void> {
  await connection?.request({ type: 'chat.send', text })
}

interface Battery {
  level: number
}

function tell(): void {
  const line = (navigator as Navigator & { connection?: { effectiveType?: string } }).connection
  call?.tell({
    audio: !room.muted && camera.audio !== null,
    video: room.camera === 'live',
    visible: document.visibilityState === 'visible',
    network: line?.effectiveType ?? null,
    battery: battery?.level ?? null,
    reason: room.camera === 'interrupted' ? 'camera_interrupted' : null,
  })
}

let battery: Battery | null = null
const withBattery = navigator as Navigator & { getBattery?: () => Promise<Battery> }
if (withBattery.getBattery) {
  void withBattery.getBattery().then((found) => {
    battery = found
  })
}

export function bindPreview(video: HTMLVideoElement | null): void {
  stills?.show(video)
}
