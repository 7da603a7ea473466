import { once } from 'node:events'
import { systemClock } from '../base/clock.js'

/** Ctrl-C under npm comes twice at the same moment, from the terminal and from npm: that is one request. */
const ONE_REQUEST_MS = 1_000

/** Aborts at the first SIGTERM or SIGINT; a second one ends the process at once, whatever is still running. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  let first = 0
  const on = (signal: NodeJS.Signals): void => {
    const now = systemClock.monotonic()
    if (!stop.signal.aborted) {
      first = now
      stop.abort(signal)
    } else if (now - first > ONE_REQUEST_MS) {
      process.exit(1)
    }
  }
  process.on('SIGTERM', on)
  process.on('SIGINT', on)
  return stop.signal
}

export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
