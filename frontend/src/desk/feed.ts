// `/ws/feed` only says "something changed"; everything is then read again by HTTP.
import { onBeforeUnmount, ref, type Ref } from 'vue'
import { backOff } from '@/api/client'

const SLOW_POLL = 15_000
const BURST = 150

export interface FeedOptions {
  connect?: () => WebSocket
  onChanged: () => void
}

const realSocket = () => {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return new WebSocket(`${scheme}://${location.host}/ws/feed`)
}

/** Calls `onChanged` on every message, on every reconnect, and every 15 s while the socket is down. */
export class Feed {
  readonly live: Ref<boolean> = ref(false)
  private socket: WebSocket | null = null
  private attempt = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private poll: ReturnType<typeof setInterval> | undefined
  private burst: ReturnType<typeof setTimeout> | undefined
  private stopped = false

  constructor(private readonly options: FeedOptions) {}

  start(): void {
    this.open()
    this.poll = setInterval(() => {
      if (!this.live.value) this.options.onChanged()
    }, SLOW_POLL)
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.retry)
    clearTimeout(this.burst)
    clearInterval(this.poll)
    this.socket?.close()
  }

  private open(): void {
    const socket = (this.options.connect ?? realSocket)()
    this.socket = socket
    socket.onopen = () => {
      this.live.value = true
      if (this.attempt > 0) this.changed()
      this.attempt = 0
    }
    socket.onmessage = () => this.changed()
    socket.onclose = () => this.lost()
  }

  private changed(): void {
    if (this.burst !== undefined) return
    this.burst = setTimeout(() => {
      this.burst = undefined
      this.options.onChanged()
    }, BURST)
  }

  private lost(): void {
    this.live.value = false
    if (this.stopped) return
    this.retry = setTimeout(() => this.open(), backOff(this.attempt))
    this.attempt += 1
  }
}

export function useFeed(onChanged: () => void): Ref<boolean> {
  const feed = new Feed({ onChanged })
  feed.start()
  onBeforeUnmount(() => feed.stop())
  return feed.live
}
