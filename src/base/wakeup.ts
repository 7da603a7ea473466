/** A hint that something may have changed: taken before looking, so that none is lost between look and wait. */
export interface Wakeup {
  wake(): void
  /** Aborts at the next wake. */
  armed(): AbortSignal
}

/** One reason for all: making a new error for every wake costs more than the wake. */
const WOKEN = new Error('woken')

export function createWakeup(): Wakeup {
  let controller = new AbortController()
  return {
    wake: () => controller.abort(WOKEN),
    armed() {
      if (controller.signal.aborted) controller = new AbortController()
      return controller.signal
    },
  }
}
