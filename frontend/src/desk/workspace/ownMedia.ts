// The inspector's own voice and small picture: small on purpose, the line belongs to the applicant's picture.
export type MicTrouble = 'denied' | 'none' | 'busy' | 'insecure'

export interface OwnMedia {
  stream: MediaStream | null
  trouble: MicTrouble | null
}

const AUDIO: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
const VIDEO: MediaTrackConstraints = { width: { ideal: 320 }, height: { ideal: 240 }, frameRate: { ideal: 15, max: 15 } }

/** Opens the microphone, with the camera when asked; without either the call goes on and says why. */
export async function openOwnMedia(video: boolean): Promise<OwnMedia> {
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (!devices) return { stream: null, trouble: 'insecure' }
  try {
    return { stream: await devices.getUserMedia({ audio: AUDIO, video: video ? VIDEO : false }), trouble: null }
  } catch (error) {
    if (video) return { ...(await openOwnMedia(false)), trouble: troubleOf(error) }
    return { stream: null, trouble: troubleOf(error) }
  }
}

export function stopMedia(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

function troubleOf(error: unknown): MicTrouble {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError') return 'denied'
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'none' : 'busy'
}
