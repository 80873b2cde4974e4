interface Detector {
  detect(image: ImageBitmap): Promise<{ rawValue: string }[]>
}
type DetectorClass = new (options: { formats: string[] }) => Detector

const detector = () => (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector

/** Chromium on Android reads codes by itself; elsewhere the six digits are read out. */
export function canReadCodes(): boolean {
  return detector() !== undefined
}

/** What the QR code on a photo says; null where none was found. */
export async function codeIn(photo: Blob): Promise<string | null> {
  const Reader = detector()
  if (!Reader) return null
  const image = await createImageBitmap(photo)
  try {
    const found = await new Reader({ formats: ['qr_code'] }).detect(image)
    return found[0]?.rawValue ?? null
  } finally {
    image.close()
  }
}
