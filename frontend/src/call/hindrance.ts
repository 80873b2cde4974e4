import type { SendPeerCondition } from '@/api/protocol.gen'
import type { CameraTrouble } from './camera'
import type { BatteryCharge } from './surroundings'

/** What the protocol has a word for. */
export type Condition = NonNullable<SendPeerCondition['condition']>
/** What keeps this phone from sending, or soon will; the last three are between the page and its person. */
export type Hindrance = Condition | 'permission' | 'unplugged' | 'screen_dark'

export interface PhoneFacts {
  visible: boolean
  /** The system muted or ended the microphone, the camera. */
  audioLost: boolean
  videoLost: boolean
  /** Why the camera did not come back when it was asked for again. */
  trouble: CameraTrouble | null
  /** From the moment the network moved until media flow again. */
  moving: boolean
  battery: BatteryCharge | null
  /** By the person's own hand. */
  muted: boolean
  screenMayDarken: boolean
}

const LOW_BATTERY = 0.15
const SPOKEN: ReadonlySet<string> = new Set<Condition>(['phone_call', 'background', 'network_change', 'camera_taken', 'muted', 'battery_low'])

/** The most pressing one: first what stops the picture, then the line, then what may come. */
export function hindranceOf(facts: PhoneFacts): Hindrance | null {
  return lostPicture(facts) ?? (facts.moving ? 'network_change' : null) ?? (isLow(facts.battery) ? 'battery_low' : null) ?? quiet(facts)
}

function lostPicture({ visible, audioLost, videoLost, trouble }: PhoneFacts): Hindrance | null {
  if (trouble === 'denied' || trouble === 'insecure') return 'permission'
  if (trouble === 'no_camera') return 'unplugged'
  // A page in the background loses its camera, but its microphone only to a telephone call.
  if (audioLost) return 'phone_call'
  if (!visible) return 'background'
  return videoLost ? 'camera_taken' : null
}

function quiet({ muted, screenMayDarken }: PhoneFacts): Hindrance | null {
  if (muted) return 'muted'
  return screenMayDarken ? 'screen_dark' : null
}

function isLow(battery: BatteryCharge | null): boolean {
  return battery !== null && !battery.charging && battery.level <= LOW_BATTERY
}

/** The protocol's word, where it has one. */
export function conditionOf(hindrance: Hindrance | null): Condition | null {
  return hindrance !== null && SPOKEN.has(hindrance) ? (hindrance as Condition) : null
}

/** What the rest of the desk reads in `phone.reason`: causes the protocol has no condition for. */
export function reasonOf(hindrance: Hindrance | null): string | null {
  if (hindrance === 'permission') return 'camera_denied'
  return hindrance === 'unplugged' ? 'camera_ended' : null
}

type Send = (message: Omit<SendPeerCondition, 'id'>) => boolean

/** Says what hinders the phone, once, and later with its age when nobody could be told in time. */
export class ConditionTeller {
  private now: { condition: Condition | null; since: number } = { condition: null, since: 0 }
  private told: Condition | null = null
  private unsaid: { condition: Condition; since: number }[] = []

  constructor(
    private readonly send: Send,
    private readonly clock: () => number = () => Date.now(),
  ) {}

  /** The condition of this moment; the same again says nothing. */
  become(condition: Condition | null): void {
    if (condition === this.now.condition) return
    const before = this.now
    if (before.condition !== null && before.condition !== this.told) this.unsaid.push({ condition: before.condition, since: before.since })
    this.now = { condition, since: this.clock() }
    this.say()
  }

  /** A new socket: what was missed is told in its order, then how it is now. */
  again(): void {
    this.say()
  }

  private say(): void {
    for (let next = this.unsaid[0]; next; next = this.unsaid[0]) {
      if (!this.tell(next.condition, next.since)) return
      this.unsaid.shift()
    }
    if (this.now.condition !== this.told) this.tell(this.now.condition, this.now.since)
  }

  private tell(condition: Condition | null, since: number): boolean {
    const ago = Math.min(3600, Math.max(0, (this.clock() - since) / 1000))
    const age = condition !== null && ago >= 1 ? { seconds_ago: ago } : {}
    if (!this.send({ type: 'peer.condition', condition, ...age })) return false
    this.told = condition
    return true
  }
}
