// The room as the workspace sees it: one connection, one call, the own microphone and small picture.
import { computed, onBeforeUnmount, reactive, ref, shallowRef } from 'vue'
import type { MemberState, OnMediaStats, PeerFigures, RoomState, ServerMessage } from '@/api/protocol.gen'
import { RoomCall, RoomConnection, type ConnectionStatus, type EndReason, type RemoteMedia } from '@/call'
import { api } from '../api'
import { asTrouble, type Trouble } from '../trouble'
import { openOwnMedia, stopMedia, type MicTrouble } from './ownMedia'

export interface RoomHooks {
  onChanged: () => void
  onMessage: (message: ServerMessage) => void
}

const SAMPLES = 30
const OWN_BITRATE = 120_000

export function useRoom(id: string, hooks: RoomHooks) {
  const status = ref<ConnectionStatus>('idle')
  const state = shallowRef<RoomState | null>(null)
  const member = ref<string | null>(null)
  const remotes = shallowRef<RemoteMedia[]>([])
  const figures = shallowRef<OnMediaStats | null>(null)
  const rates = ref<number[]>([])
  const ended = ref<EndReason | null>(null)
  const trouble = ref<Trouble | null>(null)
  const alarm = ref<string | null>(null)
  const attempts = ref(0)
  const own = reactive({ audio: false, video: false, muted: false, trouble: null as MicTrouble | null })
  const ownStream = shallowRef<MediaStream | null>(null)
  let connection: RoomConnection | null = null
  let call: RoomCall | null = null

  const guest = computed(() => state.value?.members.find((one) => one.role === 'GUEST') ?? null)
  const hosts = computed(() => state.value?.members.filter((one) => one.role === 'HOST' && one.id !== member.value) ?? [])
  const mediaOf = (one: MemberState | null) => remotes.value.find((remote) => remote.member === one?.id) ?? null
  const guestMedia = computed(() => mediaOf(guest.value))
  const guestFigures = computed<PeerFigures | null>(
    () => figures.value?.peers.find((peer) => peer.direction === 'PUBLISH' && peer.member === guest.value?.id) ?? null,
  )
  const inside = computed(() => status.value !== 'idle' && status.value !== 'ended')

  function enter(): void {
    if (inside.value) return
    leave()
    ended.value = null
    trouble.value = null
    attempts.value = 0
    const line = new RoomConnection({ getTicket: () => api.ticket(id) })
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
    line.start()
    void startOwn(false)
  }

  function take(message: ServerMessage): void {
    if (message.type === 'stream.changed') hooks.onChanged()
    if (message.type === 'recording.alarm') alarm.value = message.cause
    if (message.type === 'media.stats') {
      figures.value = message
      if (message.recording.state === 'ON') alarm.value = null
      if (guestFigures.value) rates.value = [...rates.value, guestFigures.value.kbps].slice(-SAMPLES)
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
    stopOwn()
  }

  onBeforeUnmount(leave)

  return {
    status, state, member, remotes, figures, rates, ended, trouble, alarm, attempts, own, ownStream,
    guest, hosts, guestMedia, guestFigures, inside, mediaOf,
    enter, leave, mute, startOwn,
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
