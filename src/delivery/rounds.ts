import type { Clock } from '../base/clock.js'
import { createWakeup } from '../base/wakeup.js'
import { StoreUnavailable } from '../store/contract.js'

/** The same again and again, until it is stopped. */
export interface Rounds {
  start(): void
  /** Resolves when the round that is under way has ended. */
  stop(): Promise<void>
  stopped(): boolean
}

export interface RoundsDeps {
  /** from the end of one to the beginning of the next */
  readonly everyMs: number
  readonly clock: Pick<Clock, 'now' | 'until'>
  readonly round: () => Promise<unknown>
  /** The store could not be read or written: what is due stays due. */
  readonly postponed: (error: StoreUnavailable) => void
}

export function createRounds({ everyMs, clock, round, postponed }: RoundsDeps): Rounds {
  const wakeup = createWakeup()
  let stopped = false
  let loop: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    while (!stopped) {
      const armed = wakeup.armed()
      await clock.until(clock.now() + everyMs, armed)
      if (stopped) return
      try {
        await round()
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        postponed(error)
      }
    }
  }

  return {
    start() {
      loop = run()
    },
    async stop() {
      stopped = true
      wakeup.wake()
      await loop
    },
    stopped: () => stopped,
  }
}
