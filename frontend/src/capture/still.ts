export interface Still {
  blob: Blob
  taken_at: string
}

interface PhotoCapture {
  takePhoto(): Promise<Blob>
}

type PhotoCaptureClass = new (track: MediaStreamTrack) => PhotoCapture

const TAKE_MS = 4000

export class StillFailed extends Error {
  constructor(readonly code: 'camera_busy' | 'no_picture') {
    super(code)
    this.name = 'StillFailed'
  }
}

/**
 * One photo of the running camera: the sensor's own where the browser can, else the picture shown in `preview`.
 * The bytes are kept exactly as the camera gave them.
 */
export async function takeStill(track: MediaStreamTrack, preview: HTMLVideoElement): Promise<Still> {
  const taken_at = new Date().toISOString()
  const Capture = (globalThis as { ImageCapture?: PhotoCaptureClass }).ImageCapture
  if (Capture && track.readyState === 'live' && !track.muted) {
    const photo = await within(TAKE_MS, new Capture(track).takePhoto()).catch(() => null)
    if (photo && photo.size > 0) return { blob: photo, taken_at }
    // Some phones refuse a photo while they film; the shown picture is still the live camera.
  }
  return { blob: await drawn(preview), taken_at }
}

async function drawn(preview: HTMLVideoElement): Promise<Blob> {
  const { videoWidth: width, videoHeight: height } = preview
  if (!width || !height) throw new StillFailed('no_picture')
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const brush = canvas.getContext('2d')
  if (!brush) throw new StillFailed('no_picture')
  brush.drawImage(preview, 0, 0, width, height)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
  if (!blob) throw new StillFailed('no_picture')
  return blob
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new StillFailed('camera_busy')), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

export function fileName(blob: Blob, stem: string): string {
  const ending = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/heic': 'heic', 'image/webp': 'webp', 'video/mp4': 'mp4', 'video/webm': 'webm', 'video/quicktime': 'mov' }[blob.type]
  return `${stem}.${ending ?? 'bin'}`
}
