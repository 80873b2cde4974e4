/** SHA-256 of the bytes as lower-case hex; browsers compute it on secure pages only. */
export async function hexDigest(bytes: ArrayBuffer): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export async function sha256Hex(blob: Blob): Promise<string> {
  return hexDigest(await blob.arrayBuffer())
}
