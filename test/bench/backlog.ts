import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lookUntil } from './look.js'
import type { Options } from './options.js'
import { dead, KEY, startRelay } from './relay.js'
import { wrk } from './wrk.js'

export interface BacklogKind {
  readonly queued: number
  /** every so manieth message is of one single resource; undefined: all lanes are alike */
  readonly hot?: number
  readonly kind?: 'alerta' | 'relay'
}

export interface Backlog {
  /** what is in fact queued: what was under way when the load ended came in too */
  readonly queued: number
  /** Puts a copy of the database there. */
  copyTo(dir: string): void
}

/** The name of the destination for which everything waits. */
export const AWAY = 'mom1'
/** Repeats stay what they are, so that as many wait as were sent; and it is tried again soon when it is back. */
export const UNFOLDED = { name: AWAY, fold: false, backoff: { first: '100ms', ceiling: '500ms' } }

const CONNECTIONS = 64
const LONG_S = 3_600

/** Databases with a backlog, each filled once a run, through the relay itself. */
export function createBacklogs(options: Options, dir: string, say: (text: string) => void) {
  const made = new Map<string, Promise<Backlog>>()

  async function fill({ queued, hot, kind = 'alerta' }: BacklogKind, name: string): Promise<Backlog> {
    say(`filling a queue with ${queued.toLocaleString('en')} messages`)
    const place = join(dir, name)
    const destinations = [dead(AWAY, { ...UNFOLDED, kind })]
    const relay = await startRelay({ dir: place, dist: options.dist, destinations })
    const load = { connections: CONNECTIONS, seconds: LONG_S, first: 0, auth: `Key ${KEY}` }
    const full = new AbortController()
    const loading = wrk(relay.url, { ...load, ...(hot === undefined ? {} : { hot }) }, full.signal)
    const count = async () => (await relay.status()).destinations[0]?.queued ?? 0
    await lookUntil('the queue to fill', count, (seen) => seen >= queued, LONG_S * 1_000).finally(() => full.abort())
    const { faults } = await loading
    const there = await count()
    await relay.stop()
    if (faults.length > 0) throw new Error(`the queue could not be filled: ${faults.join(', ')}`)
    return { queued: there, copyTo: (to) => cpSync(place, to, { recursive: true }) }
  }

  return {
    of(kind: BacklogKind): Promise<Backlog> {
      const name = [kind.queued, kind.hot ?? 'even', kind.kind ?? 'alerta'].join('-')
      const there = made.get(name) ?? fill(kind, name)
      made.set(name, there)
      return there
    },
    end: () => rmSync(dir, { recursive: true, force: true }),
  }
}

export type Backlogs = ReturnType<typeof createBacklogs>
