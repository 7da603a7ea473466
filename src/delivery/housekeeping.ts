import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Config } from '../config/schema.js'
import type { Store } from '../store/contract.js'
import type { Tidied, Tidying } from '../store/housekeeping.js'
import type { ClockGuard } from './clock-guard.js'
import { createRounds } from './rounds.js'

export interface HousekeepingDeps {
  readonly store: Pick<Store, 'tidy'>
  readonly guard: Pick<ClockGuard, 'guarding'>
  readonly config: Config['housekeeping']
  /** something was queued for a destination */
  readonly wake: (destination: string) => void
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
}

/** What one run has done. */
export type Kept = Pick<Tidied, 'expired' | 'unshelved' | 'unacked' | 'deleted'> & {
  /** why nothing was done; undefined: it was */
  readonly paused: string | undefined
}

/** Alerta's housekeeping, by itself and when asked to: expires alerts, ends acks and shelvings, deletes what is over. */
export interface Housekeeping {
  start(): void
  stop(): Promise<void>
  /** One run at a time: who asks during one waits for it. Rejects with StoreUnavailable. */
  run(after?: Partial<Pick<Tidying, 'expiredMs' | 'infoMs'>>): Promise<Kept>
}

/** Alerts looked at, and acted upon, in one transaction, so that accepting never waits long. */
const LOOKED = 10_000
const ACTED = 20

const NOTHING: Kept = { expired: [], unshelved: [], unacked: [], deleted: 0, paused: undefined }

export function createHousekeeping(deps: HousekeepingDeps): Housekeeping {
  const { store, guard, config, clock, log, counters } = deps
  const rounds = createRounds({
    everyMs: config.every,
    clock,
    round: run,
    // what is due stays due; the store's trouble shows in gtg
    postponed: (error) => log.error({ error: error.message }, 'housekeeping postponed'),
  })
  /** ends with the last run */
  let running: Promise<void> = Promise.resolve()

  async function tidyAll(after: Partial<Pick<Tidying, 'expiredMs' | 'infoMs'>>): Promise<Kept> {
    // a relay that was away for two days has not heard what kept its alerts alive
    if (guard.guarding()) return { ...NOTHING, paused: 'the clock jumped, or the relay was away for long' }
    let kept = NOTHING
    let next: number | undefined = 0
    while (next !== undefined && !rounds.stopped() && !guard.guarding()) {
      const slice: Tidied = await store.tidy({
        expiredMs: config.delete_expired_after,
        infoMs: config.delete_info_after,
        infoSeverity: config.info_severity,
        ...after,
        now: clock.now(),
        after: next,
        looked: LOOKED,
        limit: ACTED,
      })
      kept = add(kept, slice)
      for (const name of slice.queued) deps.wake(name)
      next = slice.next
    }
    tell(kept)
    return kept
  }

  function tell({ expired, unshelved, unacked, deleted }: Kept): void {
    const did = { expired: expired.length, unshelved: unshelved.length, unacked: unacked.length, deleted }
    if (Object.values(did).every((count) => count === 0)) return
    for (let i = 0; i < did.expired; i += 1) counters.add('housekeeping', 'expired')
    for (let i = 0; i < did.unshelved; i += 1) counters.add('housekeeping', 'unshelved')
    for (let i = 0; i < did.unacked; i += 1) counters.add('housekeeping', 'unacked')
    for (let i = 0; i < deleted; i += 1) counters.add('housekeeping', 'deleted')
    log.info(did, 'housekeeping done')
  }

  async function run(after: Partial<Pick<Tidying, 'expiredMs' | 'infoMs'>> = {}): Promise<Kept> {
    const before = running
    let end = () => {}
    running = new Promise((resolve) => {
      end = resolve
    })
    await before
    try {
      return await tidyAll(after)
    } finally {
      end()
    }
  }

  return {
    start() {
      if (config.every > 0) rounds.start()
    },
    async stop() {
      await rounds.stop()
      await running
    },
    run,
  }
}

const add = (kept: Kept, slice: Tidied): Kept => ({
  expired: [...kept.expired, ...slice.expired],
  unshelved: [...kept.unshelved, ...slice.unshelved],
  unacked: [...kept.unacked, ...slice.unacked],
  deleted: kept.deleted + slice.deleted,
  paused: undefined,
})
