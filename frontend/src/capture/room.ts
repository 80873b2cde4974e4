import { Refusal } from '@/api/refusal'

/** The browser's storage as far as we ask it; absent in old browsers. */
export interface StorageMeter {
  estimate?: () => Promise<{ usage?: number | undefined; quota?: number | undefined }>
  persist?: () => Promise<boolean>
}

const MEGABYTE = 1024 * 1024
// Steps and signatures are small and must always fit: captures stop before the last of the room is gone.
const RESERVE = 40 * MEGABYTE

export const storageFull = () =>
  new Refusal({
    code: 'client_storage_full',
    status: 0,
    title: '手机存储快满了，这一张没有保存',
    action: '已拍的都还在。请先连上网络把未上传的传完，或清理手机空间，再拍这一张。',
  })

/** Whether a capture of `size` bytes still fits, with room left for what must not fail. */
export class StorageRoom {
  constructor(private readonly meter: StorageMeter | undefined) {}

  /** Refuses with `client_storage_full`; a browser that tells no numbers is asked again by writing. */
  async claim(size: number): Promise<void> {
    const left = await this.left()
    if (left !== null && size > left) throw storageFull()
  }

  /** Bytes left for captures; null when the browser does not tell. */
  async left(): Promise<number | null> {
    const found = await this.meter?.estimate?.()
    if (!found?.quota) return null
    const reserve = Math.min(RESERVE, found.quota * 0.1)
    return Math.max(0, found.quota - reserve - (found.usage ?? 0))
  }

  /** Asks that the browser clears nothing of ours by itself; many say no until the page is installed. */
  async keep(): Promise<boolean> {
    return (await this.meter?.persist?.()) ?? false
  }
}

export function isQuotaError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'QuotaExceededError' || error.name === 'NS_ERROR_DOM_QUOTA_REACHED')
}
