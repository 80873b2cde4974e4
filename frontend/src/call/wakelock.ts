interface Sentinel extends EventTarget {
  release(): Promise<void>
}

/** Keeps the screen on during the call; the browser takes the lock back with every change of page, so it is asked anew. */
export class WakeLockKeeper {
  /** Whether the screen may go dark although the call goes on. */
  missing = false

  private sentinel: Sentinel | null = null
  private wanted = false
  private readonly look = () => {
    if (this.wanted && document.visibilityState === 'visible') void this.ask()
  }

  constructor(private readonly changed: (missing: boolean) => void = () => undefined) {}

  hold(): void {
    if (this.wanted) return
    this.wanted = true
    document.addEventListener('visibilitychange', this.look)
    void this.ask()
  }

  release(): void {
    this.wanted = false
    document.removeEventListener('visibilitychange', this.look)
    void this.sentinel?.release()
    this.sentinel = null
    this.become(false)
  }

  private async ask(): Promise<void> {
    const locks = (navigator as Navigator & { wakeLock?: { request(kind: 'screen'): Promise<Sentinel> } }).wakeLock
    if (!locks) {
      this.become(true)
      return
    }
    try {
      const sentinel = await locks.request('screen')
      this.sentinel = sentinel
      sentinel.addEventListener('release', () => this.taken(sentinel))
      this.become(false)
      if (!this.wanted) this.release()
    } catch (error) {
      // Refused on a low battery: the call goes on, the screen may go dark.
      if (!(error instanceof DOMException)) throw error
      this.become(true)
    }
  }

  /** Taken back while the page is seen (a low battery does that); in the background it is always taken and asked for on return. */
  private taken(sentinel: Sentinel): void {
    if (!this.wanted || this.sentinel !== sentinel) return
    this.sentinel = null
    if (document.visibilityState === 'visible') this.become(true)
  }

  private become(missing: boolean): void {
    if (this.missing === missing) return
    this.missing = missing
    this.changed(missing)
  }
}
