// Where map pictures come from: said by the page, nowhere by default.
import { toGcj02, toWgs84, type Point } from './coordinates'

export interface MapConfig {
  provider: 'NONE' | 'TIANDITU' | 'AMAP' | 'XYZ'
  key?: string
  /** A template with {z}/{x}/{y}, as licensed to the bureau: AMAP draws GCJ-02, XYZ draws WGS-84. */
  url?: string
  subdomains?: string
  attribution?: string
}

export interface TileSource {
  layers: { url: string; subdomains: string }[]
  attribution: string
  maxZoom: number
  /** From and to the coordinates of its pictures. */
  there: (point: Point) => Point
  back: (point: Point) => Point
}

const asIs = (point: Point) => point

function tianditu(key: string): TileSource {
  const layer = (name: string) => ({
    url: `https://t{s}.tianditu.gov.cn/${name}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${name}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(key)}`,
    subdomains: '01234567',
  })
  // CGCS2000 and WGS-84 differ by centimetres: no conversion.
  return { layers: [layer('vec'), layer('cva')], attribution: '© 天地图', maxZoom: 18, there: asIs, back: asIs }
}

/** `null`: no pictures, the plain grid is the map. */
export function tileSource(config: MapConfig | null | undefined): TileSource | null {
  if (config?.provider === 'TIANDITU' && config.key) return tianditu(config.key)
  if (!config?.url || (config.provider !== 'AMAP' && config.provider !== 'XYZ')) return null
  const gcj = config.provider === 'AMAP'
  return {
    layers: [{ url: config.url, subdomains: config.subdomains ?? '1234' }],
    attribution: config.attribution ?? (gcj ? '© 高德地图' : ''),
    maxZoom: 18,
    there: gcj ? toGcj02 : asIs,
    back: gcj ? toWgs84 : asIs,
  }
}

/** The page's own settings stand in a JSON element, because inline scripts are forbidden. */
export function mapConfig(page: Document = document): MapConfig | null {
  const text = page.getElementById('config')?.textContent
  if (!text) return null
  const config = JSON.parse(text) as { map?: MapConfig | null }
  return config.map ?? null
}
