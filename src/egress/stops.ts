import { setMaxListeners } from 'node:events'

/** What is to be stopped when a signal aborts. */
export interface Stops {
  /** Returns what takes it off again. */
  add(signal: AbortSignal, stop: () => void): () => void
}

interface Listening {
  readonly stops: Set<() => void>
  readonly stopAll: () => void
}

/** One listener for each signal: an EventTarget goes through all its listeners for each that is added or removed. */
export function createStops(): Stops {
  const listening = new WeakMap<AbortSignal, Listening>()

  function listen(signal: AbortSignal): Listening {
    const stops = new Set<() => void>()
    const stopAll = () => {
      for (const stop of stops) stop()
    }
    listening.set(signal, { stops, stopAll })
    // clients of many destinations may share it; Node warns from 11 on
    setMaxListeners(0, signal)
    signal.addEventListener('abort', stopAll, { once: true })
    return { stops, stopAll }
  }

  return {
    add(signal, stop) {
      const { stops, stopAll } = listening.get(signal) ?? listen(signal)
      stops.add(stop)
      return () => {
        stops.delete(stop)
        if (stops.size > 0) return
        // Node keeps a signal made of others alive as long as it has a listener
        signal.removeEventListener('abort', stopAll)
        listening.delete(signal)
      }
    },
  }
}
