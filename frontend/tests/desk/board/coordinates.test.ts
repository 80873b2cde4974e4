import { describe, expect, it } from 'vitest'
import { toGcj02, toWgs84, type Point } from '@/desk/board/map/coordinates'
import { tileSource } from '@/desk/board/map/source'

const METRE = 111_320
const metres = (a: Point, b: Point) => Math.hypot((a[0] - b[0]) * METRE * Math.cos((a[1] * Math.PI) / 180), (a[1] - b[1]) * METRE)

describe('AMap coordinates', () => {
  it('are those that are published for a point in 北京', () => {
    const [lng, lat] = toGcj02([116.404, 39.915])
    expect(lng).toBeCloseTo(116.41024449916938, 9)
    expect(lat).toBeCloseTo(39.91640428150164, 9)
  })

  it('lie some 500 m off in every town of the province', () => {
    for (const town of [[117.87, 36.8], [118.05, 36.81], [117, 36.65], [120.38, 36.07]] as Point[]) {
      expect(metres(town, toGcj02(town))).toBeGreaterThan(400)
      expect(metres(town, toGcj02(town))).toBeLessThan(700)
    }
  })

  it('come back within a centimetre from anywhere in the country', () => {
    let worst = 0
    for (let lng = 74; lng < 135; lng += 1.7) for (let lat = 18.3; lat < 53; lat += 1.3) worst = Math.max(worst, metres([lng, lat], toWgs84(toGcj02([lng, lat]))))
    expect(worst).toBeLessThan(0.01)
  })

  it('leave places outside the country where they are', () => {
    expect(toGcj02([2.35, 48.85])).toEqual([2.35, 48.85])
    expect(toWgs84([2.35, 48.85])).toEqual([2.35, 48.85])
  })
})

describe('the source of map pictures', () => {
  const here: Point = [117.87, 36.8]

  it('is none unless the page says one', () => {
    expect(tileSource(null)).toBeNull()
    expect(tileSource({ provider: 'NONE' })).toBeNull()
    expect(tileSource({ provider: 'TIANDITU' })).toBeNull()
    expect(tileSource({ provider: 'AMAP' })).toBeNull()
  })

  it('converts for AMap and for nobody else', () => {
    const url = 'https://tiles.example.test/{z}/{x}/{y}'
    expect(tileSource({ provider: 'TIANDITU', key: 'k' })?.there(here)).toEqual(here)
    expect(tileSource({ provider: 'XYZ', url })?.there(here)).toEqual(here)
    const amap = tileSource({ provider: 'AMAP', url })
    expect(amap?.there(here)).toEqual(toGcj02(here))
    expect(metres(here, amap?.back(toGcj02(here)) ?? [0, 0])).toBeLessThan(0.01)
  })

  it('asks 天地图 for the map and its words, with the key of the bureau', () => {
    const urls = tileSource({ provider: 'TIANDITU', key: 'a&b' })?.layers.map((layer) => layer.url) ?? []
    expect(urls.map((url) => new URL(url.replace('{s}', '0')).searchParams.get('LAYER'))).toEqual(['vec', 'cva'])
    expect(urls.every((url) => url.endsWith('tk=a%26b'))).toBe(true)
  })
})
