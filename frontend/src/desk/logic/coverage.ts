// Geometry of the coverage strip: time on x, one bar for what is recorded and what is not, marks above it.
export interface Span {
  from: string
  to: string
  state: 'COVERED' | 'GAP'
  cause?: string | null
  /** The cause in the server's words. */
  cause_label?: string | null
}

export interface Mark {
  at: string
  kind: 'item' | 'still'
  label: string
  item?: string | null
}

export interface Bar {
  x: number
  width: number
  state: Span['state']
  cause: string | null
  seconds: number
  from: string
}

export interface Flag {
  x: number
  kind: Mark['kind']
  labels: string[]
  /** The earliest of those gathered in it. */
  first: Mark
}

export interface Strip {
  bars: Bar[]
  flags: Flag[]
  ticks: { x: number; seconds: number }[]
  seconds: number
  /** The instant at the left edge, in ms. */
  start: number
}

/** A gap of half a second in a long call would be thinner than a pixel: it must stay visible. */
const NARROWEST_GAP = 3
/** Less than this and their labels would lie on each other. */
const FLAGS_APART = { item: 50, still: 18 } as const
const STEPS = [10, 30, 60, 120, 300, 600, 900, 1800, 3600]

const ms = (iso: string) => Date.parse(iso)
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/** Lays spans and marks out on `width` pixels; `until` stretches a running recording to now. */
export function layOut(spans: readonly Span[], marks: readonly Mark[], width: number, until?: number): Strip {
  const usable = spans.filter((span) => ms(span.to) > ms(span.from))
  const first = usable[0]
  if (!first || width <= 0) return { bars: [], flags: [], ticks: [], seconds: 0, start: 0 }
  const start = usable.reduce((low, span) => Math.min(low, ms(span.from)), ms(first.from))
  const end = usable.reduce((high, span) => Math.max(high, ms(span.to)), until ?? 0)
  const scale = width / (end - start)
  const x = (at: number) => clamp((at - start) * scale, 0, width)
  return {
    bars: usable.map((span) => bar(span, x, width)).sort(gapsLast),
    flags: group(marks.filter((mark) => ms(mark.at) >= start && ms(mark.at) <= end), (at) => x(ms(at))),
    ticks: ticks((end - start) / 1000, width),
    seconds: Math.round((end - start) / 1000),
    start,
  }
}

function bar(span: Span, x: (at: number) => number, width: number): Bar {
  const left = x(ms(span.from))
  const exact = x(ms(span.to)) - left
  const wide = span.state === 'GAP' ? Math.max(exact, NARROWEST_GAP) : exact
  return {
    x: Math.min(left, width - wide),
    width: wide,
    state: span.state,
    cause: causeOf(span),
    seconds: (ms(span.to) - ms(span.from)) / 1000,
    from: span.from,
  }
}

const causeOf = (span: Span) => span.cause_label ?? span.cause ?? null

/** Gaps are drawn after, and so above, what is covered. */
const gapsLast = (a: Bar, b: Bar) => Number(a.state === 'GAP') - Number(b.state === 'GAP') || a.x - b.x

function group(marks: readonly Mark[], x: (at: string) => number): Flag[] {
  const flags: Flag[] = []
  for (const mark of [...marks].sort((a, b) => ms(a.at) - ms(b.at))) {
    const at = x(mark.at)
    const near = flags.filter((flag) => flag.kind === mark.kind).at(-1)
    if (near && at - near.x < FLAGS_APART[mark.kind]) near.labels.push(mark.label)
    else flags.push({ x: at, kind: mark.kind, labels: [mark.label], first: mark })
  }
  return flags
}

function ticks(seconds: number, width: number): { x: number; seconds: number }[] {
  const step = STEPS.find((candidate) => (candidate / seconds) * width >= 70) ?? STEPS.at(-1) ?? 3600
  const out: { x: number; seconds: number }[] = []
  for (let at = 0; at <= seconds; at += step) out.push({ x: (at / seconds) * width, seconds: at })
  return out
}

export interface Gap {
  from: string
  seconds: number
  cause: string | null
}

export function gaps(spans: readonly Span[]): Gap[] {
  return spans
    .filter((span) => span.state === 'GAP')
    .map((span) => ({ from: span.from, seconds: (ms(span.to) - ms(span.from)) / 1000, cause: causeOf(span) }))
}
