import type { OnPointer, SendPointer } from '@/api/protocol.gen'
import { newIntent } from '@/api/client'
import { wallClockwork, type Clockwork } from './clockwork'
import { Emitter } from './emitter'
import { pixelsOf, reframed, type Box, type Fit, type Place } from './picturebox'

/** The server drops what goes beyond 25 a second. */
const INTERVAL_MS = 50
const RING_MS = 2500
const STROKE_MS = 4000
const MOST_POINTS = 400

type Send = (message: Omit<SendPointer, 'id'>) => boolean

/** Points into one member's picture, or draws on it, no faster than the room allows; the last point is never lost. */
export class Pointing {
  private stroke: string | null = null
  private waiting: Omit<SendPointer, 'id'> | null = null
  private sentAt = -Infinity
  private cancel: () => void = () => undefined

  constructor(
    private readonly send: Send,
    private readonly clockwork: Clockwork = wallClockwork,
  ) {}

  /** One ring at a place. */
  ring(source: string, place: Place): void {
    this.stroke = null
    this.offer(source, place)
  }

  begin(source: string, place: Place): void {
    this.flush()
    this.stroke = newIntent()
    this.offer(source, place)
  }

  draw(source: string, place: Place): void {
    if (this.stroke !== null) this.offer(source, place)
  }

  end(): void {
    this.flush()
    this.stroke = null
  }

  /** Takes everything of the sender away. */
  clear(source: string): void {
    this.cancel()
    this.waiting = null
    this.stroke = null
    this.send({ type: 'pointer', source, x: null, y: null, stroke: null })
  }

  private offer(source: string, { x, y }: Place): void {
    this.waiting = { type: 'pointer', source, x: round(x), y: round(y), stroke: this.stroke }
    const due = this.sentAt + INTERVAL_MS - this.clockwork.now()
    this.cancel()
    if (due <= 0) this.flush()
    else this.cancel = this.clockwork.after(due, () => this.flush())
  }

  private flush(): void {
    this.cancel()
    const message = this.waiting
    this.waiting = null
    if (!message) return
    this.sentAt = this.clockwork.now()
    this.send(message)
  }
}

const round = (value: number) => Math.round(value * 10_000) / 10_000

export interface Mark {
  /** Ring or stroke of this member; a new ring takes the place of the one before. */
  id: string
  member: string
  kind: 'ring' | 'stroke'
  places: Place[]
  /** 1 when fresh, 0 when it is gone. */
  strength: number
}

interface Kept extends Omit<Mark, 'strength'> {
  touched: number
}

/** What is pointed at in one picture, fading out by itself; nothing of it is kept. */
export class PointerBoard extends Emitter<{ marks: Mark[] }> {
  private readonly kept = new Map<string, Kept>()
  private media: Box | null = null
  private cancel: () => void = () => undefined

  constructor(private readonly clockwork: Clockwork = wallClockwork) {
    super()
  }

  get marks(): Mark[] {
    const now = this.clockwork.now()
    return [...this.kept.values()].map(({ touched, ...mark }) => ({ ...mark, strength: strengthOf(mark.kind, now - touched) }))
  }

  take({ member, x, y, stroke }: Pick<OnPointer, 'member' | 'x' | 'y' | 'stroke'>): void {
    if (x === null || y === null) this.forgetMember(member)
    else if (stroke === null) this.put({ id: `${member}/ring`, member, kind: 'ring', places: [{ x, y }] })
    else this.extend(`${member}/${stroke}`, member, { x, y })
    this.tell()
  }

  /** The picture has another size: if the phone was turned, what was pointed at lies elsewhere in it now. */
  resize(media: Box): void {
    const before = this.media
    this.media = { ...media }
    if (!before) return
    for (const mark of this.kept.values()) mark.places = mark.places.map((place) => reframed(place, before, media))
    this.tell()
  }

  clear(): void {
    this.kept.clear()
    this.tell()
  }

  dispose(): void {
    this.cancel()
    this.kept.clear()
    this.forget()
  }

  private extend(id: string, member: string, place: Place): void {
    const places = [...(this.kept.get(id)?.places ?? []), place].slice(-MOST_POINTS)
    this.put({ id, member, kind: 'stroke', places })
  }

  private put(mark: Omit<Kept, 'touched'>): void {
    this.kept.set(mark.id, { ...mark, touched: this.clockwork.now() })
  }

  private forgetMember(member: string): void {
    for (const mark of [...this.kept.values()]) if (mark.member === member) this.kept.delete(mark.id)
  }

  private tell(): void {
    this.cancel()
    const now = this.clockwork.now()
    for (const mark of [...this.kept.values()]) if (strengthOf(mark.kind, now - mark.touched) <= 0) this.kept.delete(mark.id)
    this.emit('marks', this.marks)
    if (this.kept.size > 0) this.cancel = this.clockwork.after(100, () => this.tell())
  }
}

/** The marks as an element of this size shows them; what lies beside the picture is left out. */
export function laidMarks(marks: readonly Mark[], box: Box, media: Box, fit: Fit): Mark[] {
  return marks.map((mark) => ({
    ...mark,
    places: mark.places.map((place) => pixelsOf(place, box, media, fit)).filter((place): place is Place => place !== null),
  }))
}

/** Full for the first half of its life, then fading. */
function strengthOf(kind: Mark['kind'], age: number): number {
  const life = kind === 'ring' ? RING_MS : STROKE_MS
  return Math.max(0, Math.min(1, 2 - (2 * age) / life))
}
