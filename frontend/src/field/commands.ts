import { newIntent } from '@/api/client'
import type { StrokePoint } from '@/api/types'
import { fileName } from '@/capture/still'
import { act } from './kit'
import { placeOnce } from './navigation'
import type { MaterialOut, OrderOut, PaperOut, StepOut, Stop, WantedSignature } from './types'

const seg = encodeURIComponent

/** Purposes of a file of the visit, as the server names them. */
export type FilePurpose = 'MATERIAL' | 'HAND_OVER' | 'RESULT' | 'PLACE' | 'OTHER'
export type OrderVerb = 'accept' | 'decline' | 'depart' | 'arrive' | 'finish' | 'abort'

export interface HandOverIn {
  direction: 'RECEIVED' | 'RETURNED'
  title: string
  item: string
  material: string
  copies: number
  original: boolean
}

const orderLane = (order: OrderOut) => `order:${order.id}`

function about(order: OrderOut, title: string, more: Record<string, string> = {}): Record<string, string> {
  return { order: order.id, visit: order.visit.title, title, ...more }
}

export function tellOrder(order: OrderOut, verb: OrderVerb, body: Record<string, unknown> = {}): Promise<string> {
  return act({
    lane: orderLane(order),
    kind: verb,
    path: `/field/orders/${seg(order.id)}/${verb}`,
    body,
    subject: orderLane(order),
    version: order.version,
    about: about(order, order.visit.contact_name),
  })
}

export type Proof = { code: string } | { qr: string } | { photo: File }

/** Tells the arrival with its proof and the place of this moment; a denied place is told as denied. */
export async function arrive(order: OrderOut, delegation: string | null, proof: Proof): Promise<void> {
  const place = await placeOnce()
  const where = place ? { ...place, place_denied: false } : { place_denied: true }
  if (!('photo' in proof)) {
    await tellOrder(order, 'arrive', { ...where, ...proof })
    return
  }
  const { hexDigest } = await import('@/capture/digest')
  const photo_sha256 = await hexDigest(await proof.photo.arrayBuffer())
  // In the order's own lane: the photo is there before the arrival that names it.
  if (delegation) await sendFile(order, delegation, { blob: proof.photo, purpose: 'PLACE', lane: orderLane(order) })
  await tellOrder(order, 'arrive', { ...where, photo_sha256 })
}

export interface Capture {
  blob: File
  purpose: FilePurpose
  item?: string
  material?: MaterialOut
  lane?: string
}

export function sendFile(order: OrderOut, delegation: string, capture: Capture): Promise<string> {
  const { blob, purpose, item, material } = capture
  const fields = { purpose, ...(item ? { item } : {}), ...(material ? { material: material.code } : {}) }
  return act({
    lane: capture.lane ?? `files:${delegation}`,
    kind: 'file',
    path: `/field/delegations/${seg(delegation)}/files`,
    body: {},
    subject: null,
    version: null,
    about: about(order, material?.title ?? blob.name, { material: material?.code ?? '', item: item ?? '' }),
    file: { blob, name: fileName(blob, material?.code ?? 'photo'), fields },
  })
}

export function finishStep(stop: Stop, step: StepOut): Promise<string> {
  return act({
    lane: orderLane(stop.order),
    kind: 'step',
    path: `/field/delegations/${seg(stop.delegation?.id ?? '')}/steps/${seg(step.id)}`,
    body: {},
    subject: `step:${step.id}`,
    version: step.version,
    about: about(stop.order, step.title, { step: step.id }),
  })
}

export function handOver(stop: Stop, given: HandOverIn): Promise<string> {
  const { direction, title, material, copies, original } = given
  const id = newIntent()
  return act({
    lane: orderLane(stop.order),
    kind: 'hand_over',
    path: `/field/delegations/${seg(stop.delegation?.id ?? '')}/hand-overs`,
    body: { id, ...given },
    subject: null,
    version: null,
    about: about(stop.order, title, { hand_over: id, direction, material, copies: String(copies), original: String(original) }),
  })
}

export interface Handwriting {
  strokes: StrokePoint[][]
  width: number
  height: number
}

export function signPaper(stop: Stop, paper: PaperOut, { signer }: WantedSignature, written: Handwriting): Promise<string> {
  return act({
    lane: orderLane(stop.order),
    kind: 'paper',
    path: `/field/papers/${seg(paper.id)}/sign`,
    body: { document_sha256: paper.sha256, ...written, will: true, signer },
    subject: null,
    version: null,
    about: about(stop.order, paper.title, { paper: paper.id, signer }),
  })
}

export function photographPaper(stop: Stop, paper: PaperOut, photo: File): Promise<string> {
  return act({
    lane: orderLane(stop.order),
    kind: 'paper',
    path: `/field/papers/${seg(paper.id)}/photo`,
    body: {},
    subject: null,
    version: null,
    about: about(stop.order, paper.title, { paper: paper.id }),
    file: { blob: photo, name: fileName(photo, 'paper'), fields: { document_sha256: paper.sha256 } },
  })
}
