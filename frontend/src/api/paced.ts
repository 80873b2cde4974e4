/** Calls `run` at once, then at most every `gap` ms; wishes within the gap become one call at its end. */
export function paced(run: () => void, gap: number): () => void {
  let free = 0
  let waiting = false
  function go(): void {
    waiting = false
    free = Date.now() + gap
    run()
  }
  return () => {
    if (waiting) return
    const wait = free - Date.now()
    if (wait <= 0) return go()
    waiting = true
    setTimeout(go, wait)
  }
}
