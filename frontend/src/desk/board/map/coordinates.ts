// Everything is kept in WGS-84. AMap draws GCJ-02: its pictures get converted points, and only there.
export type Point = readonly [longitude: number, latitude: number]

const AXIS = 6378245
const ECCENTRICITY = 0.006693421622965943
const RAD = Math.PI / 180
/** 1e-9° is a tenth of a millimetre. */
const CLOSE = 1e-9

const outsideChina = ([lng, lat]: Point) => lng < 72.004 || lng > 137.8347 || lat < 0.8293 || lat > 55.8271

function waves(value: number, terms: readonly (readonly [amplitude: number, period: number])[]): number {
  return terms.reduce((sum, [amplitude, period]) => sum + amplitude * Math.sin((value / period) * Math.PI), 0) * (2 / 3)
}

const SHORT = [[20, 1 / 6], [20, 1 / 2]] as const

function latitudeShift(x: number, y: number): number {
  const plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
  return plain + waves(x, SHORT) + waves(y, [[20, 1], [40, 3], [160, 12], [320, 30]])
}

function longitudeShift(x: number, y: number): number {
  const plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
  return plain + waves(x, SHORT) + waves(x, [[20, 1], [40, 3], [150, 12], [300, 30]])
}

function shift([lng, lat]: Point): Point {
  const sine = Math.sin(lat * RAD)
  const magic = 1 - ECCENTRICITY * sine * sine
  const root = Math.sqrt(magic)
  const east = longitudeShift(lng - 105, lat - 35) / ((AXIS / root) * Math.cos(lat * RAD) * RAD)
  const north = latitudeShift(lng - 105, lat - 35) / (((AXIS * (1 - ECCENTRICITY)) / (magic * root)) * RAD)
  return [east, north]
}

export function toGcj02(point: Point): Point {
  if (outsideChina(point)) return point
  const [east, north] = shift(point)
  return [point[0] + east, point[1] + north]
}

/** The shift has no inverse in closed form: walk back until the point converts onto `point`. */
export function toWgs84(point: Point): Point {
  if (outsideChina(point)) return point
  let guess: Point = point
  for (let step = 0; step < 20; step += 1) {
    const there = toGcj02(guess)
    const off: Point = [there[0] - point[0], there[1] - point[1]]
    guess = [guess[0] - off[0], guess[1] - off[1]]
    if (Math.abs(off[0]) < CLOSE && Math.abs(off[1]) < CLOSE) break
  }
  return guess
}
