import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
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

/**
 * Calls `reload` at each SIGHUP. Where the terminal has gone that the process was started on, that is what the signal
 * tells, and it ends as if stopped: nobody would be there to end it.
 */
export function onHangup(reload: () => void): () => void {
  const hadTerminal = hasTerminal()
  const on = (): void => {
    if (hadTerminal && !hasTerminal()) process.kill(process.pid, 'SIGTERM')
    else reload()
  }
  process.on('SIGHUP', on)
  return () => process.off('SIGHUP', on)
}

/** tty(4): opening it fails where the process has no controlling terminal. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
