import type { Clock } from '../base/clock.js'
import { createWakeup } from '../base/wakeup.js'

/**
 * Keeps a saturated ingress from starving delivery: while the event loop is busy and a destination that is moving has
 * a deep queue, messages wait a moment before they are accepted. A destination that is slow or down never counts, so
 * it never slows a sender (measured: docs/decisions/0003-one-thread-and-admission.md).
 */
export interface Admission {
  /** Undefined: come in at once. */
  admit(): Promise<void> | undefined
  start(): void
  stop(): Promise<void>
}

export interface AdmissionDeps {
  readonly clock: Clock
  /** share of the time since the last call in which the event loop was busy, 0 to 1 */
  readonly utilisation: () => number
  /** the deepest queue among destinations that delivered since the last call */
  readonly deepestMoving: () => number
}

const TICK_MS = 50
const BUSY = 0.9
const DEEP = 256
/** Let in at every tick all the same, so that a sender waits for seconds at worst. */
const ANYWAY = 16

export function createAdmission({ clock, utilisation, deepestMoving }: AdmissionDeps): Admission {
  const wakeup = createWakeup()
  let waiting: (() => void)[] = []
  let closed = false
  let stopped = false
  let loop: Promise<void> = Promise.resolve()

  const release = (count: number): void => {
    for (const enter of waiting.splice(0, count)) enter()
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await clock.until(clock.now() + TICK_MS, wakeup.armed())
      const deep = deepestMoving() > DEEP
      closed = utilisation() > BUSY && deep && !stopped
      release(closed ? ANYWAY : waiting.length)
    }
  }

  return {
    admit: () => (closed ? new Promise((resolve) => waiting.push(resolve)) : undefined),
    start() {
      loop = run()
    },
    async stop() {
      stopped = true
      wakeup.wake()
      await loop
      waiting = []
    },
  }
}
