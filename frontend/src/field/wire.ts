import type { DelegationOut, Pack, PaperOut, Stop } from './types'

/** The day pack as the server writes it: the papers are of a higher slice and come by a door of their own. */
export interface WirePack extends Omit<Pack, 'stops'> {
  stops: (Omit<Stop, 'delegation'> & { delegation: Omit<DelegationOut, 'papers'> | null })[]
}

export interface WirePapers {
  items: {
    id: string
    kind: string
    kind_label: string
    serial: string
    state: PaperOut['state']
    sha256: string
    pages: number
    signatures: { signer: string; name: string; state: string; mine: boolean; lendable: boolean }[]
  }[]
}

export function papersOf({ items }: WirePapers): PaperOut[] {
  return items.map(({ kind_label, signatures, ...paper }) => ({
    ...paper,
    title: kind_label,
    wanted: signatures.filter((one) => one.state === 'PENDING' && (one.lendable || one.mine)).map(({ signer, name, mine }) => ({ signer, name, mine })),
  }))
}

export function packOf(pack: WirePack, papers: ReadonlyMap<string, PaperOut[]>): Pack {
  const stops = pack.stops.map(({ order, delegation }): Stop => ({ order, delegation: delegation && { ...delegation, papers: papers.get(delegation.id) ?? [] } }))
  return { ...pack, stops }
}
