interface Sentinel {
  release(): Promise<void>
}

/** Keeps the screen on during the call; the browser takes the lock back with every change of page, so it is asked anew. */
export class WakeLockKeeper {
  private sentinel: Sentinel | null = null
  private wanted = false
  private readonly look = () => {
    if (this.wanted && document.visibilityState === 'visible') void this.ask()
  }

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
  }

  private async ask(): Promise<void> {
    const locks = (navigator as Navigator & { wakeLock?: { request(kind: 'screen'): Promise<Sentinel> } }).wakeLock
    if (!locks) return
    try {
      this.sentinel = await locks.request('screen')
      if (!this.wanted) this.release()
    } catch (error) {
      // Refused on a low battery: the call goes on, the screen may go dark.
      if (!(error instanceof DOMException)) throw error
    }
  }
}
