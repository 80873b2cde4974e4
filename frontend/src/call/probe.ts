import { wallClockwork, type Clockwork } from './clockwork'

/** Loudness of the microphone from 0 to 1, for a meter; nothing is kept. */
export class MicMeter {
  private readonly context: AudioContext
  private readonly analyser: AnalyserNode
  private readonly samples: Uint8Array<ArrayBuffer>

  constructor(stream: MediaStream) {
    this.context = new AudioContext()
    this.analyser = this.context.createAnalyser()
    this.analyser.fftSize = 512
    this.samples = new Uint8Array(new ArrayBuffer(this.analyser.fftSize))
    this.context.createMediaStreamSource(stream).connect(this.analyser)
  }

  level(): number {
    this.analyser.getByteTimeDomainData(this.samples)
    let squares = 0
    for (const sample of this.samples) squares += ((sample - 128) / 128) ** 2
    return Math.min(1, Math.sqrt(squares / this.samples.length) * 4)
  }

  /** A context made before the first touch is suspended. */
  async wake(): Promise<void> {
    if (this.context.state === 'suspended') await this.context.resume()
  }

  close(): void {
    if (this.context.state !== 'closed') void this.context.close()
  }
}

export interface UploadMeasure {
  kbps: number
  rtt_ms: number
}

const FIRST = 32 * 1024
const LARGEST = 1024 * 1024
const WANTED_MS = 1200
const DEADLINE_MS = 3000

/** Measures the way up with growing blocks of noise, at most three seconds; `send` throws when there is no network. */
export async function measureUpload(send: (noise: Blob) => Promise<void>, clockwork: Clockwork = wallClockwork): Promise<UploadMeasure> {
  const begun = clockwork.now()
  const empty = await timed(send, 1, clockwork)
  let best = 0
  let size = FIRST
  while (clockwork.now() - begun < DEADLINE_MS) {
    const took = await timed(send, size, clockwork)
    // The round trip is not the line's speed; a very fast answer is bounded by the clock's grain.
    const seconds = Math.max(took - empty, took * 0.25, 1) / 1000
    best = Math.max(best, (size * 8) / 1000 / seconds)
    if (took >= WANTED_MS || size >= LARGEST) break
    size = Math.min(LARGEST, size * 4)
  }
  return { kbps: Math.round(best), rtt_ms: Math.round(empty) }
}

async function timed(send: (noise: Blob) => Promise<void>, size: number, clockwork: Clockwork): Promise<number> {
  const noise = new Blob([noiseOf(size)], { type: 'application/octet-stream' })
  const begun = clockwork.now()
  await send(noise)
  return clockwork.now() - begun
}

/** Noise, so that no proxy compresses it away. */
function noiseOf(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(size))
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)))
  return bytes
}

/** Two thirds of the line: the voice, the photos and everybody else's traffic need room. */
export function startBitrate(measure: UploadMeasure | null): number | null {
  if (!measure || measure.kbps <= 0) return null
  return Math.max(150, Math.min(2000, Math.round(measure.kbps * 0.66)))
}

export type LineGrade = 'GOOD' | 'FAIR' | 'POOR'

export function gradeOf(measure: UploadMeasure): LineGrade {
  if (measure.kbps >= 1200) return 'GOOD'
  return measure.kbps >= 500 ? 'FAIR' : 'POOR'
}
