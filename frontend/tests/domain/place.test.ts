import { describe, expect, it } from 'vitest'
import { mapLinks, metresBetween, toBd09, toGcj02 } from '@/domain/place'

const BEIJING = { longitude: 116.404, latitude: 39.915 }

describe('places', () => {
  it('shifts to what Chinese maps draw with, within a metre of the published example', () => {
    expect(metresBetween(toGcj02(BEIJING), { longitude: 116.41024449916938, latitude: 39.91640428150164 })).toBeLessThan(1)
    expect(metresBetween(toBd09(BEIJING), { longitude: 116.41662724378733, latitude: 39.922699552216216 })).toBeLessThan(1)
  })

  it('leaves places outside China where they are', () => {
    expect(toGcj02({ longitude: 2.35, latitude: 48.85 })).toEqual({ longitude: 2.35, latitude: 48.85 })
  })

  it('gives each map its own coordinates and nobody a name or an address', () => {
    const links = mapLinks({ longitude: 117.8612, latitude: 36.8106 }, '上门地点', false)
    expect(links.phone).toContain('geo:36.810600,117.861200')
    expect(links.amap).toContain('coordinate=gaode')
    expect(links.amap).not.toContain('117.861200')
    expect(links.baidu).toContain('coord_type=bd09ll')
  })
})
