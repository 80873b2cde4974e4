/** What a voice is recorded as: Opus where the browser has it, AAC on iPhones. The server takes no more than three minutes. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4']
const BITS_PER_SECOND = 32_000
export const LONGEST_MS = 180_000

/** Whether this browser can record at all. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && TYPES.some((type) => MediaRecorder.isTypeSupported(type))
}

/** One recording of a voice, from `start` to `stop`. */
export class VoiceRecorder {
  private readonly parts: Blob[] = []

  private constructor(private readonly recorder: MediaRecorder) {
    recorder.ondataavailable = (event) => this.parts.push(event.data)
    recorder.start()
  }

  /** Of the call's own microphone while there is one: a second one would silence it on some phones. Throws a DOMException where nobody may listen. */
  static async start(call: MediaStreamTrack | null): Promise<VoiceRecorder> {
    const track = call?.readyState === 'live' ? call.clone() : (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0]
    if (!track) throw new DOMException('no microphone', 'NotFoundError')
    track.enabled = true
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? ''
    return new VoiceRecorder(new MediaRecorder(new MediaStream([track]), { mimeType, audioBitsPerSecond: BITS_PER_SECOND }))
  }

  /** The whole recording; the microphone is let go. */
  stop(): Promise<Blob> {
    return new Promise((resolve) => {
      this.recorder.onstop = () => {
        for (const track of this.recorder.stream.getTracks()) track.stop()
        resolve(new Blob(this.parts, { type: this.recorder.mimeType.split(';')[0] ?? '' }))
      }
      this.recorder.stop()
    })
  }
}
