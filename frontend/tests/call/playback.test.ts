import { beforeEach, describe, expect, it } from 'vitest'
import { Playback, type Playable } from '@/call'

class FakeElement implements Playable {
  srcObject: MediaProvider | null = null
  paused = true
  refusal: DOMException | null = null

  play(): Promise<void> {
    if (this.refusal) return Promise.reject(this.refusal)
    this.paused = false
    return Promise.resolve()
  }
}

const stream = {} as MediaStream
const NEEDS_TOUCH = new DOMException('', 'NotAllowedError')

describe('playing', () => {
  let playback: Playback
  let blocked: boolean[]

  beforeEach(() => {
    playback = new Playback()
    blocked = []
    playback.on('blocked', (held) => blocked.push(held))
  })

  it('starts a stream that it was given, without being told to by the browser', async () => {
    const element = new FakeElement()
    await playback.show(element, stream)
    expect(element.paused).toBe(false)
    expect(blocked).toEqual([])
  })

  it('asks for a touch until every element plays', async () => {
    const [voice, picture] = [new FakeElement(), new FakeElement()]
    voice.refusal = picture.refusal = NEEDS_TOUCH
    await playback.show(voice, stream)
    await playback.show(picture, stream)
    // WeChat: one touch, one element.
    voice.refusal = null
    await playback.unlock()
    expect(playback.blocked).toBe(true)
    picture.refusal = null
    await playback.unlock()
    expect(blocked).toEqual([true, false])
  })

  it('takes a stream that was replaced while starting for no refusal', async () => {
    const element = new FakeElement()
    element.refusal = new DOMException('', 'AbortError')
    await playback.show(element, stream)
    expect(playback.blocked).toBe(false)
  })

  it('starts again what an interruption left paused, and nothing that has no stream', async () => {
    const [shown, empty] = [new FakeElement(), new FakeElement()]
    await playback.show(shown, stream)
    await playback.show(empty, null)
    shown.paused = true
    await playback.resume()
    expect([shown.paused, empty.paused]).toEqual([false, true])
  })

  it('asks no more for an element that is gone', async () => {
    const element = new FakeElement()
    element.refusal = NEEDS_TOUCH
    await playback.show(element, stream)
    playback.drop(element)
    expect(blocked).toEqual([true, false])
  })
})
