import { shallowReactive } from 'vue'
import type { RoomState, ServerMessage } from '@/api/protocol.gen'
import { paced } from '@/api/paced'
import type { Refusal } from '@/api/refusal'
import {
  CallSession,
  type CallPhase,
  type CameraState,
  type CameraTrouble,
  type ConnectionStatus,
  type EndReason,
  type Hindrance,
  type LinkState,
  type Mark,
  type RemoteMedia,
  type UploadMeasure,
} from '@/call'
import { api, local, refresh, socketIsOpen } from './session'
import { StillTaker, type StillNews } from './stills'

interface RoomView {
  phase: CallPhase
  camera: CameraState
  trouble: CameraTrouble | null
  hindrance: Hindrance | null
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
  marks: Mark[]
}

export const room = shallowReactive<RoomView>({
  phase: 'idle',
  camera: 'closed',
  trouble: null,
  hindrance: null,
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
  marks: [],
})

const session = new CallSession({ getTicket: (signal) => api.ticket(signal) })
const { camera, connection, call } = session
const voiceOnly = () => call.publisher.level === 'VOICE_STILLS'
const stills = new StillTaker(connection, camera, voiceOnly, (news) => {
  room.still = news
})
let retryTimer: ReturnType<typeof setTimeout> | undefined

session.on('phase', (phase) => {
  room.phase = phase
})
session.on('hindrance', (hindrance) => {
  room.hindrance = hindrance
})
session.on('devices', () => {
  room.hasTorch = camera.hasTorch
  room.torch = session.torch
})
session.board.on('marks', (marks) => {
  room.marks = marks
})
camera.on('state', (state) => {
  room.camera = state
})
camera.on('stream', (stream) => {
  room.stream = stream
  room.trouble = null
})
camera.on('trouble', (trouble) => {
  room.trouble = trouble
})
call.publisher.on('refused', (refusal) => {
  room.mediaRefusal = refusal
})
call.on('publishing', (state) => {
  room.publishing = state
})
call.on('remotes', (remotes) => {
  room.remotes = remotes
})
connection.on('status', (status) => {
  room.status = status
  socketIsOpen(status === 'open')
  if (status === 'open') void refresh()
})
connection.on('state', follow)
connection.on('message', take)
connection.on('ended', ended)
addEventListener('pagehide', () => {
  if (local.entered) session.leave()
})

export async function openCamera(): Promise<boolean> {
  if (!('RTCPeerConnection' in globalThis)) {
    room.trouble = isSecureContext ? 'unsupported' : 'insecure'
    return false
  }
  room.trouble = await session.openDevices()
  return room.trouble === null
}

export async function measureLine(): Promise<void> {
  room.measure = await session.probe(async (noise) => {
    await api.probe(noise)
  })
}

export function enterRoom(): void {
  local.entered = true
  room.ended = null
  clearTimeout(retryTimer)
  session.enter()
}

function follow(state: RoomState): void {
  room.state = state
  room.member = connection.member
  local.admitted = session.machine.facts.admitted
}

const poke = paced(() => void refresh(), 1000)

function take(message: ServerMessage): void {
  if (message.type === 'stream.changed') poke()
  else if (message.type === 'still.requested') stills.requested(message.request, message.item)
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
  if (camera.state === 'closed') room.stream = null
}

export function setMuted(muted: boolean): void {
  room.muted = muted
  session.setMuted(muted)
}

export function hangUp(): void {
  session.leave()
  local.entered = false
}

/** Tries the media again after a refusal, or the room after an end. */
export function retryRoom(): void {
  room.mediaRefusal = null
  session.retry()
}

export async function sendChat(text: string): Promise<void> {
  await connection.request({ type: 'chat.send', text })
}

export const flip = () => session.flip()
export const setTorch = (on: boolean) => session.setTorch(on)
export const resumeCamera = () => session.resume()
export const bindPreview = (video: HTMLVideoElement | null) => stills.show(video)
/** The own picture has this size now; what is pointed at in it moves along when the phone was turned. */
export const pictureResized = (width: number, height: number) => session.board.resize({ width, height })
