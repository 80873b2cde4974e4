import type { CameraState } from './camera'
import type { ConnectionStatus, EndReason } from './connection'
import { Emitter } from './emitter'
import type { LinkState } from './peerlink'

export type CallPhase =
  | 'idle'
  | 'devices'
  | 'probing'
  | 'ready'
  | 'connecting'
  | 'waiting'
  | 'live'
  | 'interrupted'
  | 'reconnecting'
  | 'ended'
  | 'failed'

/** What the phase is made of: four regions that move on their own, for the socket is not the media and neither is the camera. */
export interface CallFacts {
  camera: CameraState
  refused: boolean
  probing: boolean
  entered: boolean
  socket: ConnectionStatus
  admitted: boolean
  media: LinkState
  ended: EndReason | null
}

export interface PhaseChange {
  from: CallPhase
  to: CallPhase
}

const AT_REST: CallFacts = {
  camera: 'closed',
  refused: false,
  probing: false,
  entered: false,
  socket: 'idle',
  admitted: false,
  media: 'closed',
  ended: null,
}

/** Ends that are nobody's fault; the others need a person to do something. */
const PLAIN_ENDS: ReadonlySet<EndReason> = new Set(['left', 'room_closed', 'replaced'])

/**
 * idle → devices → probing → ready → connecting → waiting → live ⇄ interrupted, reconnecting → ended or failed.
 * `waiting` is the lobby: connected, not yet let in.
 */
export class CallMachine extends Emitter<{ phase: PhaseChange }> {
  facts: Readonly<CallFacts> = AT_REST
  phase: CallPhase = 'idle'
  /** Whether the media have once been up in this call: then a loss is a reconnect and no first connect. */
  private wasLive = false
  private wasOpen = false

  know(news: Partial<CallFacts>): void {
    this.facts = { ...this.facts, ...news }
    if (!this.facts.entered) this.wasLive = this.wasOpen = false
    this.wasOpen ||= this.facts.entered && this.facts.socket === 'open'
    this.wasLive ||= this.facts.entered && this.facts.media === 'up'
    const from = this.phase
    const to = this.reckon()
    if (from === to) return
    this.phase = to
    this.emit('phase', { from, to })
  }

  private reckon(): CallPhase {
    const { facts } = this
    if (facts.ended) return PLAIN_ENDS.has(facts.ended) ? 'ended' : 'failed'
    return facts.entered ? this.inside() : this.outside()
  }

  private outside(): CallPhase {
    const { camera, refused, probing } = this.facts
    if (refused) return 'failed'
    if (camera === 'opening') return 'devices'
    if (camera === 'closed') return 'idle'
    return probing ? 'probing' : 'ready'
  }

  private inside(): CallPhase {
    const { facts } = this
    if (facts.media === 'refused') return 'failed'
    // Its reason follows at once.
    if (facts.socket === 'ended') return this.phase
    if (facts.socket !== 'open') return this.wasOpen ? 'reconnecting' : 'connecting'
    if (!facts.admitted) return 'waiting'
    if (facts.media !== 'up') return this.wasLive ? 'reconnecting' : 'connecting'
    return facts.camera === 'live' ? 'live' : 'interrupted'
  }
}
