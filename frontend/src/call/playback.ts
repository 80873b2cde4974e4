import { Emitter } from './emitter'

export interface Playable {
  srcObject: MediaProvider | null
  paused: boolean
  play(): Promise<void>
}

/**
 * Plays streams in elements that the page owns, and knows which of them the browser holds back until the person touches the page.
 * WeChat lets one touch unlock one element only, so the question stays until all play.
 */
export class Playback extends Emitter<{ blocked: boolean }> {
  private readonly elements = new Set<Playable>()
  private readonly held = new Set<Playable>()

  get blocked(): boolean {
    return this.held.size > 0
  }

  /** Shows the stream in the element, now and whenever the page comes back. */
  async show(element: Playable, stream: MediaStream | null): Promise<void> {
    this.elements.add(element)
    if (element.srcObject !== stream) element.srcObject = stream
    if (stream) await this.start(element)
  }

  drop(element: Playable): void {
    this.elements.delete(element)
    this.held.delete(element)
    this.tell()
  }

  /** In the handler of a touch: starts everything that was held back. */
  async unlock(): Promise<void> {
    await Promise.all([...this.held].map((element) => this.start(element)))
  }

  /** After an interruption the system leaves elements paused that the page never paused. */
  async resume(): Promise<void> {
    await Promise.all([...this.elements].filter((element) => element.srcObject && element.paused).map((element) => this.start(element)))
  }

  private async start(element: Playable): Promise<void> {
    try {
      await element.play()
      this.held.delete(element)
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
      // A stream that was replaced while starting is no refusal; a browser that wants a touch first says so by name.
      if (error.name === 'NotAllowedError' && this.elements.has(element)) this.held.add(element)
    }
    this.tell()
  }

  private was = false
  private tell(): void {
    if (this.was === this.blocked) return
    this.was = this.blocked
    this.emit('blocked', this.blocked)
  }
}
