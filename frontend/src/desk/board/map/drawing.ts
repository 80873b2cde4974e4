// What Leaflet draws, told from what the board knows. Loaded with the map only.
import L from 'leaflet'
import type { Point } from './coordinates'
import type { TileSource } from './source'

export interface Pin {
  id: string
  at: Point
  label: string
  tone: string
  sign: string
  chosen: boolean
  /** On nobody's route while one route is shown. */
  dim: boolean
}

export interface Route {
  home: Point
  homeLabel: string
  stops: Point[]
}

/** Lines every `step` degrees, drawn by the browser: the map has an order to it without any server. */
const Grid = L.GridLayer.extend({
  createTile(this: L.GridLayer): HTMLElement {
    const tile = document.createElement('div')
    tile.className = 'map-grid'
    return tile
  },
}) as unknown as new (options?: L.GridLayerOptions) => L.GridLayer

export class MapDrawing {
  private readonly map: L.Map
  private readonly pins = new Map<string, { marker: L.Marker; look: string }>()
  private readonly areas = L.layerGroup()
  private readonly route = L.layerGroup()
  private bounds: L.LatLngBounds | null = null

  constructor(
    box: HTMLElement,
    private readonly source: TileSource | null,
    private readonly onPick: (id: string) => void,
  ) {
    this.map = L.map(box, { zoomControl: true, attributionControl: source !== null, zoomSnap: 0.5, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false })
    this.map.setView([36.8, 117.87], 12)
    L.control.scale({ imperial: false }).addTo(this.map)
    if (source) for (const layer of source.layers) L.tileLayer(layer.url, { subdomains: layer.subdomains, maxZoom: source.maxZoom, attribution: source.attribution }).addTo(this.map)
    else new Grid({ tileSize: 128 }).addTo(this.map)
    this.areas.addTo(this.map)
    this.route.addTo(this.map)
  }

  private place(point: Point): L.LatLng {
    const [lng, lat] = this.source ? this.source.there(point) : point
    return L.latLng(lat, lng)
  }

  drawAreas(areas: readonly { title: string; polygon: readonly Point[] }[]): void {
    this.areas.clearLayers()
    for (const area of areas) {
      const polygon = L.polygon(area.polygon.map((point) => this.place(point)), { color: '#5f8fd0', weight: 1.5, fillOpacity: 0.06, interactive: false })
      polygon.bindTooltip(area.title, { permanent: true, direction: 'center', className: 'map-area' })
      this.areas.addLayer(polygon)
    }
  }

  /** Only pins that changed are touched. */
  drawPins(pins: readonly Pin[]): void {
    const wanted = new Set(pins.map((pin) => pin.id))
    for (const [id, { marker }] of this.pins) {
      if (wanted.has(id)) continue
      marker.remove()
      this.pins.delete(id)
    }
    for (const pin of pins) this.drawPin(pin)
    const near = together(pins.map((pin) => pin.at))
    this.bounds = near.length ? L.latLngBounds(near.map((point) => this.place(point))) : null
  }

  private drawPin(pin: Pin): void {
    const look = JSON.stringify(pin)
    const known = this.pins.get(pin.id)
    if (known?.look === look) return
    known?.marker.remove()
    const icon = L.divIcon({ className: `map-pin ${pin.tone}${pin.chosen ? ' chosen' : ''}${pin.dim ? ' dim' : ''}`, html: dot(pin.sign), iconSize: [20, 20], iconAnchor: [10, 10] })
    // A hundred pins are no way for the keyboard: timeline and list hold the same visits in order.
    const marker = L.marker(this.place(pin.at), { icon, title: pin.label, alt: pin.label, keyboard: false, riseOnHover: true, zIndexOffset: pin.chosen ? 1000 : pin.dim ? -1000 : 0 })
    marker.on('click', () => this.onPick(pin.id))
    marker.addTo(this.map)
    marker.getElement()?.setAttribute('role', 'img')
    marker.getElement()?.setAttribute('aria-label', pin.label)
    this.pins.set(pin.id, { marker, look })
  }

  drawRoute(route: Route | null): void {
    this.route.clearLayers()
    if (!route) return
    const home = this.place(route.home)
    const stops = route.stops.map((point) => this.place(point))
    this.route.addLayer(L.polyline([home, ...stops, home], { color: '#1f5fbf', weight: 3, opacity: 0.8, interactive: false }))
    this.route.addLayer(L.circleMarker(home, { radius: 7, color: '#174a98', fillColor: '#fff', fillOpacity: 1, interactive: false }).bindTooltip(route.homeLabel))
    stops.forEach((stop, index) => {
      const icon = L.divIcon({ className: 'map-number', html: String(index + 1), iconSize: [18, 18], iconAnchor: [-4, 22] })
      this.route.addLayer(L.marker(stop, { icon, interactive: false, keyboard: false }))
    })
  }

  /** Brings one route into view, or everything when there is none. */
  follow(route: Route | null): void {
    if (!route) return this.fit()
    const points = [route.home, ...route.stops].map((point) => this.place(point))
    this.map.fitBounds(L.latLngBounds(points), { padding: [32, 32], maxZoom: 15, animate: false })
  }

  fit(): void {
    this.map.invalidateSize()
    if (this.bounds?.isValid()) this.map.fitBounds(this.bounds, { padding: [24, 24], maxZoom: 15, animate: false })
  }

  resize(): void {
    this.map.invalidateSize()
  }

  remove(): void {
    this.map.remove()
  }
}

function dot(path: string): HTMLElement {
  const box = document.createElement('span')
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  line.setAttribute('d', path)
  svg.append(line)
  box.append(svg)
  return box
}

const FAR = 3

/** Points without the few that lie far off: one mistyped address must not shrink the whole town to a dot. */
export function together(points: readonly Point[]): Point[] {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  const lng = middle(points.map((point) => point[0]))
  const lat = middle(points.map((point) => point[1]))
  const away = (point: Point) => Math.hypot(point[0] - lng, point[1] - lat)
  const usual = middle(points.map(away))
  return points.filter((point) => away(point) <= FAR * usual)
}
