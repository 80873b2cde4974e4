export interface Registered {
  digest: string
  label: string
  /** What else its holder must know; empty for a paper that counts. */
  caveat: string
}

export interface Answer {
  /** Null is neither: still counting, or the file is ours and yet does not count. */
  good: boolean | null
  text: string
}

/** What the digest of a chosen file says against those that are registered. */
export function answerFor(digest: string, registered: Registered[]): Answer {
  const found = registered.find((one) => one.digest === digest)
  if (found?.caveat) return { good: null, text: `▲ 一个字节也没有改动，是登记的「${found.label}」。但是：${found.caveat}` }
  if (found) return { good: true, text: `✓ 一致：这个文件就是登记的「${found.label}」，一个字节也没有改动。` }
  return { good: false, text: `✗ 不一致：这个文件的指纹是 ${digest}，没有登记过。它可能被改动过、另存过，或者不是这份文书。` }
}

/** Whether the fingerprint the paper's code carries is this site's; null when the address carries none. */
export function rootAnswer(printed: string, here: string): Answer | null {
  if (!/^[0-9a-f]{64}$/i.test(printed)) return null
  if (printed.toLowerCase() === here) return { good: true, text: '✓ 与文书二维码里的根证书指纹相同。请再与页脚印的核对一遍。' }
  return { good: false, text: `✗ 与文书二维码里的根证书指纹（${printed.toLowerCase()}）不同，请不要相信本页，致电出具单位核实。` }
}
