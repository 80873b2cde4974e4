/** A place in a picture: parts of its width and height from the upper left, the same at every size. */
export interface Place {
  x: number
  y: number
}

export interface Box {
  width: number
  height: number
}

export type Fit = 'contain' | 'cover'

/** Where a picture of `media` size lies in an element of `box` size; `cover` reaches beyond the element. */
function laidOut(box: Box, media: Box, fit: Fit): { left: number; top: number; width: number; height: number } {
  const ratios = [box.width / media.width, box.height / media.height]
  const scale = fit === 'contain' ? Math.min(...ratios) : Math.max(...ratios)
  const width = media.width * scale
  const height = media.height * scale
  return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height }
}

const known = ({ width, height }: Box) => width > 0 && height > 0

/** The place under a finger at `x`, `y` pixels of the element; null beside the picture or before it has a size. */
export function placeAt(point: Place, box: Box, media: Box, fit: Fit): Place | null {
  if (!known(box) || !known(media)) return null
  const at = laidOut(box, media, fit)
  const place = { x: (point.x - at.left) / at.width, y: (point.y - at.top) / at.height }
  return place.x < 0 || place.x > 1 || place.y < 0 || place.y > 1 ? null : place
}

/** Pixels of the element at which a place is seen; null before the picture has a size. */
export function pixelsOf(place: Place, box: Box, media: Box, fit: Fit): Place | null {
  if (!known(box) || !known(media)) return null
  const at = laidOut(box, media, fit)
  return { x: at.left + place.x * at.width, y: at.top + place.y * at.height }
}

const upright = ({ width, height }: Box) => height > width

/**
 * The same spot of the scene after the phone was turned: its picture stays upright, but shows less across and more along, or the other way round.
 * Another size of the same shape (a level stepped down) moves nothing.
 */
export function reframed(place: Place, before: Box, after: Box): Place {
  if (!known(before) || !known(after) || upright(before) === upright(after)) return place
  const scale = Math.max(after.width, after.height) / Math.max(before.width, before.height)
  return {
    x: 0.5 + ((place.x - 0.5) * before.width * scale) / after.width,
    y: 0.5 + ((place.y - 0.5) * before.height * scale) / after.height,
  }
}
