export interface BatteryCharge {
  /** 0 to 1. */
  level: number
  charging: boolean
}

export type Change = 'visible' | 'hidden' | 'online' | 'offline' | 'network' | 'battery' | 'devices' | 'permission' | 'rotated'

/** What a phone does around the call; tests hand in one they move by hand. */
export interface Surroundings {
  visible(): boolean
  online(): boolean
  /** As `navigator.connection` names it, for example `4g`; null where the browser does not say. */
  network(): string | null
  battery(): BatteryCharge | null
  onChange(listener: (change: Change) => void): () => void
}

interface NetworkInformation extends EventTarget {
  type?: string
  effectiveType?: string
}

interface BatteryManager extends EventTarget, BatteryCharge {}

type Phone = Navigator & { connection?: NetworkInformation; getBattery?: () => Promise<BatteryManager> }

/** The browser's own word for each; what it does not know stays null and is never asked for again. */
export class BrowserSurroundings implements Surroundings {
  private readonly listeners = new Set<(change: Change) => void>()
  private readonly phone = navigator as Phone
  private charge: BatteryManager | null = null
  private kind: string | null

  constructor() {
    this.kind = this.network()
    this.hear(document, 'visibilitychange', () => this.say(this.visible() ? 'visible' : 'hidden'))
    // A page kept in the back-forward cache comes back without a change of visibility.
    addEventListener('pageshow', (event) => {
      if (event.persisted) this.say('visible')
    })
    this.hear(globalThis, 'online', () => this.say('online'))
    this.hear(globalThis, 'offline', () => this.say('offline'))
    this.hear(globalThis.screen?.orientation ?? null, 'change', () => this.say('rotated'))
    this.hear(this.phone.connection ?? null, 'change', () => this.networkMoved())
    this.hear((navigator.mediaDevices as MediaDevices | undefined) ?? null, 'devicechange', () => this.say('devices'))
    void this.watchBattery()
    void this.watchPermissions()
  }

  visible(): boolean {
    return document.visibilityState === 'visible'
  }

  online(): boolean {
    return navigator.onLine
  }

  network(): string | null {
    const line = this.phone.connection
    return line?.type && line.type !== 'unknown' ? line.type : (line?.effectiveType ?? null)
  }

  battery(): BatteryCharge | null {
    return this.charge
  }

  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** The same event tells every wobble of the estimated speed: only another kind of line is another network. */
  private networkMoved(): void {
    const kind = this.network()
    if (kind === this.kind) return
    this.kind = kind
    this.say('network')
  }

  private async watchBattery(): Promise<void> {
    if (!this.phone.getBattery) return
    try {
      this.charge = await this.phone.getBattery()
    } catch (error) {
      // Forbidden by the page's policy: the call does without.
      if (!(error instanceof DOMException)) throw error
      return
    }
    this.hear(this.charge, 'levelchange', () => this.say('battery'))
    this.hear(this.charge, 'chargingchange', () => this.say('battery'))
    this.say('battery')
  }

  private async watchPermissions(): Promise<void> {
    const permissions = navigator.permissions as Permissions | undefined
    for (const name of ['camera', 'microphone'] as PermissionName[]) {
      try {
        this.hear((await permissions?.query({ name })) ?? null, 'change', () => this.say('permission'))
      } catch (error) {
        // Firefox and older Safari know no permission of this name; the track's end tells it there.
        if (!(error instanceof TypeError) && !(error instanceof DOMException)) throw error
      }
    }
  }

  private hear(target: EventTarget | null, name: string, run: () => void): void {
    target?.addEventListener(name, run)
  }

  private say(change: Change): void {
    for (const listener of [...this.listeners]) listener(change)
  }
}
