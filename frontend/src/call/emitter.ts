type Listener<T> = (value: T) => void

/** Typed events without a framework; `on` answers with the way to stop listening. */
export class Emitter<Events extends object> {
  private readonly listeners = new Map<keyof Events, Set<Listener<never>>>()

  on<K extends keyof Events>(name: K, listener: Listener<Events[K]>): () => void {
    const known = this.listeners.get(name) ?? new Set<Listener<never>>()
    known.add(listener as Listener<never>)
    this.listeners.set(name, known)
    return () => known.delete(listener as Listener<never>)
  }

  protected emit<K extends keyof Events>(name: K, value: Events[K]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) (listener as Listener<Events[K]>)(value)
  }

  protected forget(): void {
    this.listeners.clear()
  }
}
