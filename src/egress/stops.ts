/** What is to be stopped when a signal aborts. */
export interface Stops {
  /** Returns what takes it off again. */
  add(signal: AbortSignal, stop: () => void): () => void
}

/** One listener for each signal: an EventTarget goes through all its listeners for each that is added or removed. */
export function createStops(): Stops {
  const waiting = new WeakMap<AbortSignal, Set<() => void>>()

  function listen(signal: AbortSignal): Set<() => void> {
    const stops = new Set<() => void>()
    waiting.set(signal, stops)
    const stopAll = () => {
      for (const stop of stops) stop()
    }
    signal.addEventListener('abort', stopAll, { once: true })
    return stops
  }

  return {
    add(signal, stop) {
      const stops = waiting.get(signal) ?? listen(signal)
      stops.add(stop)
      return () => stops.delete(stop)
    },
  }
}
