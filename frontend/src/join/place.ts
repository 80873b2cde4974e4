import { isRefusal } from '@/api/refusal'
import { api } from './session'

export type PlaceNews = { state: 'off' } | { state: 'asking' } | { state: 'denied' } | { state: 'known'; accuracy_m: number }

const KEY = 'join-place'

/** Asked only of those who agreed to it beside the consent. */
export function placeWanted(): boolean {
  return sessionStorage.getItem(KEY) === 'yes' && 'geolocation' in navigator
}

/** Reads the place once and tells the server; a refusal of the phone is told too. Coordinates are WGS-84, as phones give them. */
export async function askPlace(): Promise<PlaceNews> {
  const position = await new Promise<GeolocationPosition | null>((resolve) => {
    navigator.geolocation.getCurrentPosition(resolve, () => resolve(null), { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 })
  })
  const coords = position?.coords
  try {
    await api.place({
      longitude: coords?.longitude ?? null,
      latitude: coords?.latitude ?? null,
      accuracy_m: coords?.accuracy ?? null,
      coordinate_system: 'WGS84',
      denied: coords === undefined,
    })
    return coords ? { state: 'known', accuracy_m: coords.accuracy } : { state: 'denied' }
  } catch (error) {
    // The place is a help, not a condition: the inspection goes on without it.
    if (!isRefusal(error)) throw error
    return { state: 'denied' }
  }
}
