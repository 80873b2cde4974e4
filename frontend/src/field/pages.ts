import type { KitStore } from '@/capture/kitstore'
import type { FieldApi } from './api'
import type { Pack, PaperOut } from './types'

interface KeptPage {
  type: string
  base64: string
}

const key = (paper: PaperOut, number: number) => `page ${paper.id} ${paper.sha256} ${number}`

/** Keeps the pages of papers that wait for a signature, so that they can be read and signed without a network. */
export async function keepPages(store: KitStore, api: Pick<FieldApi, 'page'>, pack: Pack): Promise<void> {
  const open = pack.stops.flatMap(({ delegation }) => delegation?.papers.filter((paper) => paper.state === 'FROZEN') ?? [])
  for (const paper of open) {
    for (let number = 1; number <= paper.pages; number += 1) {
      if (await store.kept(key(paper, number))) continue
      try {
        await store.keep(key(paper, number), await written(await api.page(paper.id, number)))
      } catch {
        // Not reached now: the page is fetched again with the next reading of the day.
        return
      }
    }
  }
}

/** The page as a picture's address; null when it is not on this phone. */
export async function keptPage(store: KitStore, paper: PaperOut, number: number): Promise<string | null> {
  const page = await store.kept<KeptPage>(key(paper, number))
  return page ? `data:${page.type};base64,${page.base64}` : null
}

async function written(blob: Blob): Promise<KeptPage> {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return { type: blob.type || 'image/png', base64: btoa(text) }
}
