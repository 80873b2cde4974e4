// From what the pad draws to what a signature is: strokes of points, time counted from the first touch.
import type { StrokePoint } from '@/api/types'

interface PadPoint {
  x: number
  y: number
  time: number
  pressure: number
}

export function strokesOf(groups: readonly { points: readonly PadPoint[] }[]): StrokePoint[][] {
  const first = groups[0]?.points[0]?.time ?? 0
  return groups
    .filter((group) => group.points.length > 0)
    .map((group) => group.points.map((point) => ({ x: point.x, y: point.y, t: Math.max(0, point.time - first), p: point.pressure })))
}

/** The server's own rule, so that a dot is refused before it is sent: two strokes, or one long one. */
export function enough(strokes: readonly (readonly StrokePoint[])[]): boolean {
  const drawn = strokes.filter((stroke) => stroke.length > 1)
  const points = drawn.reduce((total, stroke) => total + stroke.length, 0)
  return drawn.length >= 2 || points >= 30
}
