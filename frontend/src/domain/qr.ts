/**
 * A QR code of one fixed size (ISO/IEC 18004, version 3, level L, byte mode, mask 0): 29 × 29 modules, up to 53 bytes.
 * Enough for what a delegate's phone reads off the applicant's; small enough not to need a library.
 */
const SIZE = 29
const DATA = 55
const CHECK = 15
export const QR_BYTES = 53

type Grid = (boolean | null)[][]

export function qrModules(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > QR_BYTES) throw new RangeError('too long for this QR code')
  const data = dataWords(bytes)
  const grid: Grid = Array.from({ length: SIZE }, () => new Array<boolean | null>(SIZE).fill(null))
  drawFixed(grid)
  drawWords(grid, [...data, ...checkWords(data)])
  return grid.map((row) => row.map((module) => module === true))
}

function dataWords(bytes: Uint8Array): number[] {
  const bits: number[] = []
  const push = (value: number, count: number) => {
    for (let at = count - 1; at >= 0; at -= 1) bits.push((value >> at) & 1)
  }
  push(0b0100, 4)
  push(bytes.length, 8)
  for (const byte of bytes) push(byte, 8)
  push(0, Math.min(4, DATA * 8 - bits.length))
  while (bits.length % 8) bits.push(0)
  const words: number[] = []
  for (let at = 0; at < bits.length; at += 8) words.push(bits.slice(at, at + 8).reduce((sum, bit) => sum * 2 + bit, 0))
  for (let pad = 0xec; words.length < DATA; pad ^= 0xec ^ 0x11) words.push(pad)
  return words
}

/** Product in GF(256) with the polynomial 0x11d. */
function times(a: number, b: number): number {
  let product = 0
  for (let at = 7; at >= 0; at -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d)
    product ^= ((b >> at) & 1) * a
  }
  return product
}

/** Reed–Solomon remainder. */
function checkWords(data: readonly number[]): number[] {
  const divisor = new Array<number>(CHECK).fill(0)
  divisor[CHECK - 1] = 1
  let root = 1
  for (let round = 0; round < CHECK; round += 1) {
    for (let at = 0; at < CHECK; at += 1) divisor[at] = times(divisor[at] ?? 0, root) ^ (divisor[at + 1] ?? 0)
    root = times(root, 2)
  }
  const rest = new Array<number>(CHECK).fill(0)
  for (const word of data) {
    const factor = word ^ (rest.shift() ?? 0)
    rest.push(0)
    divisor.forEach((coefficient, at) => {
      rest[at] = (rest[at] ?? 0) ^ times(coefficient, factor)
    })
  }
  return rest
}

function put(grid: Grid, x: number, y: number, dark: boolean): void {
  const row = grid[y]
  if (row && x >= 0 && x < SIZE) row[x] = dark
}

function drawFixed(grid: Grid): void {
  for (let at = 0; at < SIZE; at += 1) {
    put(grid, 6, at, at % 2 === 0)
    put(grid, at, 6, at % 2 === 0)
  }
  for (const [cx, cy] of [[3, 3], [SIZE - 4, 3], [3, SIZE - 4]] as const) drawSquare(grid, cx, cy, 4)
  drawSquare(grid, 22, 22, 2)
  // Level L, mask 0, with their check bits.
  const format = 0b111011111000100
  const bit = (at: number) => ((format >> at) & 1) === 1
  for (let at = 0; at < 6; at += 1) put(grid, 8, at, bit(at))
  put(grid, 8, 7, bit(6))
  put(grid, 8, 8, bit(7))
  put(grid, 7, 8, bit(8))
  for (let at = 9; at < 15; at += 1) put(grid, 14 - at, 8, bit(at))
  for (let at = 0; at < 8; at += 1) put(grid, SIZE - 1 - at, 8, bit(at))
  for (let at = 8; at < 15; at += 1) put(grid, 8, SIZE - 15 + at, bit(at))
  put(grid, 8, SIZE - 8, true)
}

/** Rings around a centre; the outermost of a finder (reach 4) is light. */
function drawSquare(grid: Grid, cx: number, cy: number, reach: number): void {
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const ring = Math.max(Math.abs(dx), Math.abs(dy))
      put(grid, cx + dx, cy + dy, reach === 4 ? ring !== 2 && ring !== 4 : ring !== 1)
    }
  }
}

function drawWords(grid: Grid, words: readonly number[]): void {
  let at = 0
  for (let right = SIZE - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < SIZE; step += 1) {
      const y = ((right + 1) & 2) === 0 ? SIZE - 1 - step : step
      for (const x of [right, right - 1]) {
        if (grid[y]?.[x] !== null) continue
        const dark = (((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 1
        put(grid, x, y, dark !== ((x + y) % 2 === 0))
        at += 1
      }
    }
  }
}
