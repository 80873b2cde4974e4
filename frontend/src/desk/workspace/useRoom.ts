// The room as the workspace sees it: one connection, one call, the own microphone and small picture.
import { computed, onBeforeUnmount, reactive, ref, shallowRef } from 'vue'
import type { MemberState, OnMediaStats, PeerFigures, RecordingFigures, RoomState, ServerMessage } from '@/api/protocol.gen'
import { PointerBoard, Pointing, RoomCall, RoomConnection, type ConnectionStatus, type EndReason, type Mark, type Place, type RemoteMedia } from '@/call'
import { api } from '../api'
import { asTrouble, type Trouble } from '../trouble'
import { openOwnMedia, stopMedia, type MicTrouble } from './ownMedia'

export interface RoomHooks {
  onChanged: () => void
  onMessage: (message: ServerMessage) => void
}

/** One `media.stats` of the applicant's stream, for the small charts. */
export interface Sample {
  kbps: number
  loss: number
  coverage: number | null
}

const SAMPLES = 30
const OWN_BITRATE = 120_000

export function useRoom(id: string, hooks: RoomHooks) {
  const status = ref<ConnectionStatus>('idle')
  const state = shallowRef<RoomState | null>(null)
  const member = ref<string | null>(null)
  const remotes = shallowRef<RemoteMedia[]>([])
  const figures = shallowRef<OnMediaStats | null>(null)
  const samples = shallowRef<Sample[]>([])
  const ended = ref<EndReason | null>(null)
  const trouble = ref<Trouble | null>(null)
  const alarm = ref<string | null>(null)
  const attempts = ref(0)
  const own = reactive({ audio: false, video: false, muted: false, trouble: null as MicTrouble | null })
  const ownStream = shallowRef<MediaStream | null>(null)
  const marks = shallowRef<Mark[]>([])
  const board = new PointerBoard()
  board.on('marks', (next) => (marks.value = next))
  let connection: RoomConnection | null = null
  let call: RoomCall | null = null
  // Seen here at once, for the server tells a pointer to everybody but the one who points.
  const pointing = new Pointing((message) => {
    const sent = call?.point(message) ?? false
    if (sent) board.take({ member: member.value ?? '', x: message.x ?? null, y: message.y ?? null, stroke: message.stroke ?? null })
    return sent
  })

  const guest = computed(() => state.value?.members.find((one) => one.role === 'GUEST') ?? null)
  const hosts = computed(() => state.value?.members.filter((one) => one.role === 'HOST' && one.id !== member.value) ?? [])
  const mediaOf = (one: MemberState | null) => remotes.value.find((remote) => remote.member === one?.id) ?? null
  const guestMedia = computed(() => mediaOf(guest.value))
  const guestFigures = computed<PeerFigures | null>(
    () => figures.value?.peers.find((peer) => peer.direction === 'PUBLISH' && peer.member === guest.value?.id) ?? null,
  )
  /** Told with the room's state at once; the figures come every two seconds. */
  const tape = computed<RecordingFigures['state']>(() => (alarm.value ? 'ALARM' : (state.value?.recording.state ?? 'OFF')))
  /** Of closed segments: none yet says nothing of what is being recorded. */
  const coverage = computed(() => (figures.value?.recording.segments ? figures.value.recording.coverage_percent : null))
  const inside = computed(() => status.value !== 'idle' && status.value !== 'ended')

  function enter(): void {
    if (inside.value) return
    leave()
    ended.value = null
    trouble.value = null
    attempts.value = 0
    const line = new RoomConnection({ getTicket: (signal) => api.ticket(id, signal) })
    connection = line
    call = new RoomCall({ connection: line, maxBitrate: OWN_BITRATE })
    line.on('status', (next) => {
      status.value = next
      if (next === 'open') attempts.value = 0
      if (next === 'waiting') attempts.value += 1
      if (next === 'open') hooks.onChanged()
    })
    line.on('state', (next) => {
      state.value = next
      member.value = line.member
    })
    line.on('message', take)
    line.on('ended', (end) => {
      ended.value = end.reason
      trouble.value = end.refusal ? asTrouble(end.refusal) : null
      stopOwn()
    })
    call.on('remotes', (next) => (remotes.value = [...next]))
    call.on('pointer', (pointer) => {
      if (pointer.source === guest.value?.id) board.take(pointer)
    })
    line.start()
    void startOwn(false)
  }

  function take(message: ServerMessage): void {
    if (message.type === 'stream.changed') hooks.onChanged()
    if (message.type === 'recording.alarm') alarm.value = message.cause
    if (message.type === 'media.stats') {
      figures.value = message
      if (message.recording.state === 'ON') alarm.value = null
      const figures_ = guestFigures.value
      const sample = figures_ && { kbps: figures_.kbps, loss: figures_.loss_percent, coverage: coverage.value }
      if (sample) samples.value = [...samples.value, sample].slice(-SAMPLES)
    }
    hooks.onMessage(message)
  }

  async function startOwn(video: boolean): Promise<void> {
    const mine = call
    const media = await openOwnMedia(video)
    if (mine !== call || !mine) {
      stopMedia(media.stream)
      return
    }
    stopMedia(ownStream.value)
    ownStream.value = media.stream
    const audio = media.stream?.getAudioTracks()[0] ?? null
    const picture = media.stream?.getVideoTracks()[0] ?? null
    if (audio) audio.enabled = !own.muted
    Object.assign(own, { audio: audio !== null, video: picture !== null, trouble: media.trouble })
    await mine.publisher.setTrack('audio', audio)
    await mine.publisher.setTrack('video', picture)
    if (audio || picture) mine.publisher.open()
    tell()
  }

  function tell(): void {
    call?.tell({ audio: own.audio && !own.muted, video: own.video, visible: document.visibilityState === 'visible' })
  }

  function mute(on: boolean): void {
    own.muted = on
    for (const track of ownStream.value?.getAudioTracks() ?? []) track.enabled = !on
    tell()
  }

  function stopOwn(): void {
    stopMedia(ownStream.value)
    ownStream.value = null
    Object.assign(own, { audio: false, video: false })
  }

  function leave(): void {
    call?.dispose()
    connection?.stop()
    call = null
    connection = null
    remotes.value = []
    board.clear()
    stopOwn()
  }

  onBeforeUnmount(() => {
    leave()
    board.dispose()
  })

  /** Into the applicant's picture, once there is an applicant who was let in. */
  function atGuest(run: (source: string) => void): void {
    if (guest.value?.admitted) run(guest.value.id)
  }

  return {
    status, state, member, remotes, figures, samples, ended, trouble, alarm, attempts, own, ownStream,
    guest, hosts, guestMedia, guestFigures, tape, coverage, inside, mediaOf, marks, board,
    enter, leave, mute, startOwn,
    ring: (place: Place) => atGuest((source) => pointing.ring(source, place)),
    beginStroke: (place: Place) => atGuest((source) => pointing.begin(source, place)),
    drawStroke: (place: Place) => atGuest((source) => pointing.draw(source, place)),
    endStroke: () => pointing.end(),
    focus: (item: string | null) => connection?.send({ type: 'focus.set', item }),
    lamp: (torch: boolean) => ask(() => connection?.request({ type: 'camera.ask', torch })),
    flip: () => ask(() => connection?.request({ type: 'camera.ask', facing: 'other' })),
    admit: (id_: string) => ask(() => connection?.request({ type: 'member.admit', member: id_ })),
    say: (text: string) => ask(() => connection?.request({ type: 'chat.send', text })),
    askStill: async (item: string | null) => {
      const reply = await connection?.request({ type: 'still.request', item })
      return reply?.type === 'ack' ? reply.request : null
    },
    retryNow: () => connection?.retryNow(),
  }
}

/** The refusal of a message to the room, or null when it was carried out. */
async function ask(send: () => Promise<unknown> | undefined): Promise<Trouble | null> {
  try {
    await send()
    return null
  } catch (error) {
    return asTrouble(error)
  }
}

export type Room = ReturnType<typeof useRoom>
