/** A paper as guides and bundles name it. */
export interface Material {
  code: string
  title: string
  copies: number
  original: boolean
  sample: string | null
  /** Why it need not be brought, where it need not. */
  exempt_label: string | null
}

/** Each paper once: original before copy, the larger number of copies. */
export function merged(materials: readonly Material[]): Material[] {
  const found = new Map<string, Material>()
  for (const one of materials) {
    const known = found.get(one.code)
    if (!known) found.set(one.code, one)
    else found.set(one.code, { ...known, copies: Math.max(known.copies, one.copies), original: known.original || one.original })
  }
  return [...found.values()]
}
