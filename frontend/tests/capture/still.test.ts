import { afterEach, describe, expect, it, vi } from 'vitest'
import { StillFailed, takeStill } from '@/capture/still'

const track = { readyState: 'live', muted: false } as MediaStreamTrack
const shown = (videoWidth: number, videoHeight: number) => ({ videoWidth, videoHeight }) as HTMLVideoElement

/** The browser's own canvas, as far as a photo needs it: tells what was drawn. */
function canvas() {
  const drawn: { width: number; height: number; quality: unknown }[] = []
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({ drawImage: () => undefined } as never)
  vi.spyOn(HTMLCanvasElement.prototype, 'toBlob').mockImplementation(function (this: HTMLCanvasElement, tell, type, quality) {
    drawn.push({ width: this.width, height: this.height, quality })
    tell(new Blob(['drawn'], { type: type ?? '' }))
  })
  return drawn
}

describe('takeStill', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  const sensor = new Blob(['sensor'], { type: 'image/jpeg' })
  const withSensor = () => vi.stubGlobal('ImageCapture', class { takePhoto = () => Promise.resolve(sensor) })

  it("keeps the sensor's own photo as it is", async () => {
    withSensor()
    expect((await takeStill(track, shown(1280, 720))).blob).toBe(sensor)
  })

  it('draws a small one for a line that bears only the voice', async () => {
    withSensor()
    const drawn = canvas()
    expect((await takeStill(track, shown(1920, 1080), { small: true })).blob).not.toBe(sensor)
    expect(drawn).toEqual([{ width: 1280, height: 720, quality: 0.5 }])
  })

  it('draws the shown picture in full where the phone gives no photo', async () => {
    const drawn = canvas()
    await takeStill(track, shown(1920, 1080))
    expect(drawn).toEqual([{ width: 1920, height: 1080, quality: 0.92 }])
  })

  it('says so when there is no picture', async () => {
    await expect(takeStill(track, shown(0, 0), { small: true })).rejects.toEqual(new StillFailed('no_picture'))
  })
})
