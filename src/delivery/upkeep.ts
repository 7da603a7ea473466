import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Retention, Store } from '../store/contract.js'
import type { ClockGuard } from './clock-guard.js'
import { createRounds } from './rounds.js'

export interface UpkeepDeps {
  readonly store: Store
  readonly maxAgeMs: number
  readonly retention: Pick<Retention, 'settledMs' | 'deadMs' | 'seenMs' | 'alertMs' | 'auditMs'>
  readonly guard: ClockGuard
  /** undefined: the file system does not answer */
  readonly freeBytes: () => Promise<number | undefined>
  readonly minFreeBytes: number
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
}

/** The relay's housekeeping: notes the time, watches the disk and the clock, expires, prunes. */
export interface Upkeep {
  start(): Promise<void>
  stop(): Promise<void>
  /** Whether messages can be taken in. */
  room(): 'ok' | 'disk low'
}

const EVERY_MS = 5_000
/** Retention is counted in days; a sweep reads whole tables, slice by slice. */
const PRUNE_EVERY_MS = 3_600_000
const SLICES_PER_ROUND = 20
/** Rows a transaction may touch, so that accepting never waits long. */
const SLICE = 500
/** Of max_age: an operator is warned when the oldest delivery passes these. */
const WARN_AT = [0.8, 0.5]

export function createUpkeep(deps: UpkeepDeps): Upkeep {
  const { store, clock, log, guard } = deps
  const warned = new Map<string, number>()
  let room: 'ok' | 'disk low' = 'ok'
  let pruneAt = clock.monotonic()
  const rounds = createRounds({
    everyMs: EVERY_MS,
    clock,
    round,
    // nothing is lost by doing it later; the store's trouble shows to senders as 503 and in gtg
    postponed: (error) => log.error({ error: error.message }, 'upkeep postponed'),
  })

  async function watchDisk(): Promise<void> {
    const free = await deps.freeBytes()
    const next = free === undefined || free < deps.minFreeBytes ? 'disk low' : 'ok'
    if (next !== room) log.warn({ freeBytes: free, minFreeBytes: deps.minFreeBytes, room: next }, 'disk space changed')
    room = next
  }

  async function expireOld(): Promise<void> {
    for (const { destination } of await store.status()) {
      let expired: number
      do {
        expired = await store.expire(destination, { now: clock.now(), maxAgeMs: deps.maxAgeMs, limit: SLICE })
        if (expired === 0) break
        log.warn({ destination, expired }, 'deliveries expired')
        for (let i = 0; i < expired; i += 1) deps.counters.add('dead', destination)
      } while (expired === SLICE && !rounds.stopped())
    }
  }

  async function warnOfAge(): Promise<void> {
    for (const { destination, oldestAt, rows } of await store.status()) {
      const age = oldestAt === undefined ? 0 : (clock.now() - oldestAt) / deps.maxAgeMs
      const level = WARN_AT.find((share) => age >= share) ?? 0
      if (level > (warned.get(destination) ?? 0)) {
        log.warn({ destination, rows, ofMaxAge: `${level * 100}%` }, 'oldest delivery nears max_age')
      }
      warned.set(destination, level)
    }
  }

  async function round(): Promise<void> {
    const suspicious = guard.look()
    if (suspicious !== undefined) log.warn({ suspicious }, 'expiry and pruning pause for an hour')
    await watchDisk()
    await store.touch(guard.noted())
    await warnOfAge()
    if (guard.guarding()) return
    await expireOld()
    if (clock.monotonic() < pruneAt) return
    pruneAt = clock.monotonic() + PRUNE_EVERY_MS
    const retention = { ...deps.retention, now: clock.now(), limit: SLICE }
    for (let slice = 0; slice < SLICES_PER_ROUND; slice += 1) if (!(await store.prune(retention))) return
    pruneAt = clock.monotonic() // the sweep goes on in the next round
  }

  return {
    async start() {
      await watchDisk()
      rounds.start()
    },
    stop: rounds.stop,
    room: () => room,
  }
}
