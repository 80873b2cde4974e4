export interface Still {
  blob: Blob
  taken_at: string
}

interface PhotoCapture {
  takePhoto(): Promise<Blob>
}

type PhotoCaptureClass = new (track: MediaStreamTrack) => PhotoCapture

const TAKE_MS = 4000
const QUALITY = 0.92
/** For a line that bears the voice and little more: some 80 KB, which go up beside it in about half a minute. */
const SMALL = { longest: 1280, quality: 0.5 }

export class StillFailed extends Error {
  constructor(readonly code: 'camera_busy' | 'no_picture') {
    super(code)
    this.name = 'StillFailed'
  }
}

/**
 * One photo of the running camera: the sensor's own where the browser can, else the picture shown in `preview`.
 * The bytes are kept exactly as the camera gave them. A `small` one is drawn, for a line too weak for the sensor's own.
 */
export async function takeStill(track: MediaStreamTrack, preview: HTMLVideoElement, { small = false } = {}): Promise<Still> {
  const taken_at = new Date().toISOString()
  if (small) return { blob: await drawn(preview, SMALL), taken_at }
  const Capture = (globalThis as { ImageCapture?: PhotoCaptureClass }).ImageCapture
  if (Capture && track.readyState === 'live' && !track.muted) {
    const photo = await within(TAKE_MS, new Capture(track).takePhoto()).catch(() => null)
    if (photo && photo.size > 0) return { blob: photo, taken_at }
    // Some phones refuse a photo while they film; the shown picture is still the live camera.
  }
  return { blob: await drawn(preview), taken_at }
}

async function drawn(preview: HTMLVideoElement, { longest = Infinity, quality = QUALITY } = {}): Promise<Blob> {
  const { videoWidth, videoHeight } = preview
  if (!videoWidth || !videoHeight) throw new StillFailed('no_picture')
  const scale = Math.min(1, longest / Math.max(videoWidth, videoHeight))
  const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)]
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const brush = canvas.getContext('2d')
  if (!brush) throw new StillFailed('no_picture')
  brush.drawImage(preview, 0, 0, width, height)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
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
