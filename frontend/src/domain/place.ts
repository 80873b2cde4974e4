/** Places of this system are WGS-84; Chinese map services shift them (GCJ-02, BD-09). Degrees. */
export interface Place {
  longitude: number
  latitude: number
}

const AXIS = 6_378_245
const ECCENTRICITY = 0.006_693_421_622_965_943
const EARTH_M = 6_371_008.8
const BAIDU = (Math.PI * 3000) / 180

const radians = (degrees: number) => (degrees * Math.PI) / 180

function waves(x: number): number {
  return ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3
}

function slow(x: number, far: number, farther: number): number {
  return ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3 + ((far * Math.sin((x / 12) * Math.PI) + farther * Math.sin((x / 30) * Math.PI)) * 2) / 3
}

function outsideChina({ longitude, latitude }: Place): boolean {
  return longitude < 72.004 || longitude > 137.8347 || latitude < 0.8293 || latitude > 55.8271
}

/** As AMap, Tencent and most phone maps in China draw it. */
export function toGcj02(place: Place): Place {
  if (outsideChina(place)) return place
  const x = place.longitude - 105
  const y = place.latitude - 35
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + waves(x) + slow(y, 160, 320)
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + waves(x) + slow(x, 150, 300)
  const sine = Math.sin(radians(place.latitude))
  const magic = 1 - ECCENTRICITY * sine * sine
  const meridian = (AXIS * (1 - ECCENTRICITY)) / (magic * Math.sqrt(magic))
  const parallel = (AXIS / Math.sqrt(magic)) * Math.cos(radians(place.latitude))
  return { longitude: place.longitude + (east * 180) / (parallel * Math.PI), latitude: place.latitude + (north * 180) / (meridian * Math.PI) }
}

/** As Baidu draws it. */
export function toBd09(place: Place): Place {
  const { longitude: x, latitude: y } = toGcj02(place)
  const far = Math.hypot(x, y) + 0.000_02 * Math.sin(y * BAIDU)
  const turn = Math.atan2(y, x) + 0.000_003 * Math.cos(x * BAIDU)
  return { longitude: far * Math.cos(turn) + 0.0065, latitude: far * Math.sin(turn) + 0.006 }
}

/** Metres as the crow flies. */
export function metresBetween(a: Place, b: Place): number {
  const dy = radians(b.latitude - a.latitude)
  const dx = radians(b.longitude - a.longitude)
  const half = Math.sin(dy / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(dx / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.sqrt(half))
}

export interface MapLinks {
  phone: string
  amap: string
  baidu: string
}

/**
 * Addresses that open a map application with the way to the place; each gets the coordinates it draws with.
 * `label` is a word like 「上门地点」: no name and no address leaves the phone.
 */
export function mapLinks(place: Place, label: string, apple: boolean): MapLinks {
  const fixed = (value: number) => value.toFixed(6)
  const name = encodeURIComponent(label)
  const gcj = toGcj02(place)
  const bd = toBd09(place)
  const wgs = `${fixed(place.latitude)},${fixed(place.longitude)}`
  return {
    phone: apple ? `maps://?daddr=${fixed(gcj.latitude)},${fixed(gcj.longitude)}` : `geo:${wgs}?q=${wgs}(${name})`,
    amap: `https://uri.amap.com/navigation?to=${fixed(gcj.longitude)},${fixed(gcj.latitude)},${name}&mode=car&coordinate=gaode&callnative=1`,
    baidu: `https://api.map.baidu.com/direction?destination=latlng:${fixed(bd.latitude)},${fixed(bd.longitude)}|name:${name}&coord_type=bd09ll&mode=driving&output=html&src=fieldsvc`,
  }
}
