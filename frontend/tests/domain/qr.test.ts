import { describe, expect, it } from 'vitest'
import { qrModules } from '@/domain/qr'

const TEXT = 'FSV1:01234567-89ab-7def-8123-456789abcdef:418207'

// FULL by an independent encoder (segno 1.6.6: version 3, level L, byte, mask 0), a row as hexadecimal. A full symbol:
// padding is the one place where encoders may differ.
const FULL = `${TEXT}-full`
const REFERENCE =
  '1fc2667f 104e3741 1752545d 1746625d 174e6e5d 104f3e41 1fd5557f 001bef00 1dfbadc4 0d908569 07c014cd 0b19a94b 1354ac6b 05b08cec 174504b3 1c3edf09 19dc8f69 0d808c68 14499d17 0d3c988b 14c8cdfb 00184f1a 1fd9cf5f 105abd18 1752cdfb 174cc099 175c1191 1056bfda 1fdccfdb'

describe('qrModules', () => {
  it('draws finder, timing and alignment where a reader looks for them', () => {
    const modules = qrModules(TEXT)
    expect(modules).toHaveLength(29)
    const finder = modules.slice(0, 7).map((row) => row.slice(0, 7).map((dark) => (dark ? '#' : '.')).join(''))
    expect(finder).toEqual(['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######'])
    expect(modules[6]?.slice(8, 21).map(Number)).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    expect(modules[22]?.[22]).toBe(true)
    expect(modules[21]?.[8]).toBe(true)
  })

  it('is bit for bit what another encoder makes of it', () => {
    const rows = qrModules(FULL).map((row) => parseInt(row.map(Number).join(''), 2).toString(16).padStart(8, '0'))
    expect(rows.join(' ')).toBe(REFERENCE)
  })

  it('refuses what does not fit instead of cutting it', () => {
    expect(() => qrModules('x'.repeat(54))).toThrow(RangeError)
  })
})
