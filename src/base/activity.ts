import { setMaxListeners } from 'node:events'
import type { Level, Log } from './log.js'
import { createWakeup } from './wakeup.js'

/** A line of the log, as the activity feed tells it. */
export interface Happening {
  /** `<boot>-<n>`: of this run of the relay, counted from 1 */
  readonly id: string
  /** epoch ms */
  readonly at: number
  readonly level: Level
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** What happened after a place in the feed, as far as it is still known. */
export interface Since {
  readonly happenings: readonly Happening[]
  /** happenings that came between and are gone; null: they were another run's, nobody knows how many */
  readonly missed: number | null
  /** the place before them, and the one after them */
  readonly from: string
  readonly place: string
}

/**
 * The newest that the relay has done, in memory, for who looks on. Readers come with their place and go on from there:
 * nothing is kept for each of them, and a slow one misses what is overwritten meanwhile, and is told.
 */
export interface Activity {
  note(level: Level, fields: object, text: string): void
  /** At most `limit` from `place` on; undefined: only what comes from now on. */
  after(place: string | undefined, limit: number): Since
  /** Aborts when something more has happened. Taken before looking, nothing is missed. */
  more(): AbortSignal
}

/**
 * Some seconds of a relay under full load, hours of a quiet one. A line has about 1 KB of texts, and never more than the
 * headers of a request (limits.headers) and an id: some 4 MB, 100 MB where a sender means harm.
 */
export const HAPPENINGS_KEPT = 4_096

/** `boot` tells this run of the relay from all others. */
export function createActivity(boot: string, now: () => number): Activity {
  const ring: Happening[] = []
  const wakeup = createWakeup()
  let count = 0

  function numberOf(place: string): number | undefined {
    const [, run, n] = /^(.*)-(\d+)$/.exec(place) ?? []
    return run === boot && Number(n) <= count ? Number(n) : undefined
  }

  return {
    note(level, fields, text) {
      count += 1
      ring[(count - 1) % HAPPENINGS_KEPT] = {
        id: `${boot}-${count}`,
        at: now(),
        level,
        text,
        fields: fields as Happening['fields'],
      }
      wakeup.wake()
    },
    after(place, limit) {
      const from = place === undefined ? count : numberOf(place)
      const oldest = Math.max(0, count - HAPPENINGS_KEPT)
      const first = Math.max(from ?? oldest, oldest)
      const last = Math.min(count, first + limit)
      const happenings: Happening[] = []
      for (let n = first; n < last; n += 1) happenings.push(ring[n % HAPPENINGS_KEPT] as Happening)
      return {
        happenings,
        missed: from === undefined ? null : first - from,
        from: `${boot}-${first}`,
        place: `${boot}-${last}`,
      }
    },
    more() {
      const more = wakeup.armed()
      // each reader waits with it: no leak
      setMaxListeners(0, more)
      return more
    },
  }
}

/** Of level debug nothing is told but these: whoever knocks with a wrong key wants to be seen. */
const TOLD_OF_DEBUG = new Set(['credential refused'])

/** The log, of which everything that matters goes into the feed too, whatever its own level is set to. */
export const teeLog = (log: Log, activity: Pick<Activity, 'note'>): Log => ({
  debug(fields, text) {
    log.debug(fields, text)
    if (TOLD_OF_DEBUG.has(text)) activity.note('debug', fields, text)
  },
  info(fields, text) {
    log.info(fields, text)
    activity.note('info', fields, text)
  },
  warn(fields, text) {
    log.warn(fields, text)
    activity.note('warn', fields, text)
  },
  error(fields, text) {
    log.error(fields, text)
    activity.note('error', fields, text)
  },
})
