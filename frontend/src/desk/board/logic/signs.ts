// The signs of the board, drawn in a 16 × 16 box; the same on the timeline and on the map.
import type { Sign } from './looks'

export type SignName = Sign | 'lock' | 'cross' | 'tick'

export const SIGNS: Readonly<Record<SignName, string>> = {
  offered: 'M2 4h12v8H2z M2 4l6 5 6-5',
  accepted: 'M3 8.5 6.500 12 13 4.500',
  route: 'M2 8h10 M8.500 4.500 12 8l-3.500 3.500',
  door: 'M4 14V2h8v12 M2 14h12 M9.500 8v.5',
  done: 'M1.500 9 5 12.500 11 5 M9 12.500 15 5',
  draft: 'M3 13l.7-3L11 2.700 13.300 5 6 12.300z',
  waiting: 'M8 14.500A6.500 6.500 0 1 0 8 1.500a6.500 6.500 0 0 0 0 13z M8 4.500V8l2.500 1.500',
  stop: 'M8 14.500A6.500 6.500 0 1 0 8 1.500a6.500 6.500 0 0 0 0 13z M5 8h6',
  lock: 'M4 7.500h8V14H4z M5.500 7.500V5a2.500 2.500 0 0 1 5 0v2.500',
  cross: 'M4 4l8 8M12 4l-8 8',
  tick: 'M3 8.500 6.500 12 13 4.500',
}
