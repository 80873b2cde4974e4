import { mapLinks, metresBetween, type MapLinks, type Place } from '@/domain/place'
import type { OrderOut, VisitOut } from './types'

export function placeOf(visit: VisitOut): Place | null {
  return visit.longitude === null || visit.latitude === null ? null : { longitude: visit.longitude, latitude: visit.latitude }
}

export function linksFor(visit: VisitOut, label: string): MapLinks | null {
  const place = placeOf(visit)
  const apple = /iPhone|iPad|Macintosh/.test(navigator.userAgent)
  return place && mapLinks(place, label, apple)
}

/** Metres as the crow flies from the stop before, for each stop; null where a place is not known. */
export function legs(orders: readonly OrderOut[]): (number | null)[] {
  return orders.map((order, at) => {
    const before = orders[at - 1]
    const from = before ? placeOf(before.visit) : null
    const to = placeOf(order.visit)
    return from && to ? metresBetween(from, to) : null
  })
}

export function kilometres(metres: number): string {
  return metres < 950 ? `${Math.round(metres / 50) * 50} m` : `${(metres / 1000).toFixed(1)} km`
}

/** The place of this phone, asked once, by a press of the person; a no is an answer too. */
export function placeOnce(): Promise<{ longitude: number; latitude: number; accuracy_m: number } | null> {
  if (!('geolocation' in navigator)) return Promise.resolve(null)
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ longitude: coords.longitude, latitude: coords.latitude, accuracy_m: coords.accuracy }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: 8000, maximumAge: 30_000 },
    )
  })
}
