import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createCounters } from '../../src/base/counters.js'
import { noMeter } from '../../src/base/meter.js'
import { createBackoff } from '../../src/delivery/backoff.js'
import { createConcurrency } from '../../src/delivery/concurrency.js'
import { createDispatcher, type Dispatcher } from '../../src/delivery/dispatcher.js'
import type { Delivery } from '../../src/model/delivery.js'
import type { Route } from '../../src/model/destination.js'
import type { Draft } from '../../src/model/message.js'
import type { Outcome } from '../../src/model/outcome.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Appended } from '../../src/store/appended.js'
import type { Store } from '../../src/store/contract.js'
import type { WindowLimits } from '../../src/store/sqlite/outbox/window.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { queueOf, rulesFor } from '../support/rules.js'

/** How a simulated peer behaves. `lost` and `silent` give no answer; the former has executed what it was sent. */
export const MODES = ['ok', 'refuse', 'lost', 'silent', 'busy', 'unauthorised', 'broken', 'reject'] as const
export type Mode = (typeof MODES)[number]

/** One execution at a peer. */
export interface Execution {
  readonly messageId: string
  readonly lane: number
  readonly answered: boolean
}

/** A relay below HTTP (real store, routing, delivery) with simulated peers, under fake timers. */
export interface World {
  send(draft: Draft): Promise<Appended>
  behave(destination: string, mode: Mode): void
  executed(destination: string): readonly Execution[]
  /** Lets time pass. */
  pass(ms: number): Promise<void>
  /** Everything in memory vanishes, between any two steps; then the relay starts again. */
  crash(): Promise<void>
  store(): Store
  end(): Promise<void>
}

/** So small that lanes overflow and refill within a few messages. */
const TINY: WindowLimits = {
  pageRows: 3,
  rowsPerTake: 6,
  parkedPerLane: 2,
  parked: 4,
  lanes: 20,
  refillSpan: 4,
  fresh: 3,
}
const ATTEMPT_MS = 20
const STEP_MS = 50
/** Real turns of the event loop after which whatever was waiting for a commit has gone on. */
const TURNS = 6

const silentLog = { debug() {}, info() {}, warn() {}, error() {} }
const turn = () => new Promise((resolve) => setImmediate(resolve))

export async function createWorld(routes: readonly Route[]): Promise<World> {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  const dir = mkdtempSync(join(tmpdir(), 'world-'))
  const modes = new Map<string, Mode>(routes.map(({ name }) => [name, 'ok']))
  const executions = new Map<string, Execution[]>(routes.map(({ name }) => [name, []]))
  let life = { dead: false }
  let starts = 0
  let store: Store
  let dispatchers: Map<string, Dispatcher>

  async function attempt(name: string, delivery: Delivery, ours: typeof life): Promise<Outcome> {
    await systemClock.until(systemClock.now() + ATTEMPT_MS)
    const mode = ours.dead ? 'refuse' : (modes.get(name) as Mode)
    if (['ok', 'lost'].includes(mode)) {
      const { messageId } = delivery.message
      executions.get(name)?.push({ messageId, lane: delivery.lane, answered: mode === 'ok' })
    }
    return OUTCOMES[mode]
  }

  async function start(): Promise<void> {
    const ours = { dead: false }
    life = ours
    starts += 1
    store = mortal(
      await openSqlite({
        path: join(dir, 'relay.db'),
        lockWaitMs: 0,
        clock: systemClock,
        owner: `life ${starts}`,
        destinations: routes.map((route) => queueOf(route, { rows: 10_000, bytes: 10_000_000 }, { fold: true })),
        decide: createDecide(routes),
        rules: rulesFor(routes),
        windowLimits: TINY,
      }),
      ours,
    )
    dispatchers = new Map()
    for (const { name } of routes) {
      const dispatcher = createDispatcher({
        destination: name,
        store,
        attempt: (delivery) => attempt(name, delivery, ours),
        probe: async () => (modes.get(name) === 'ok' ? { kind: 'well' } : { kind: 'ill', why: 'still so' }),
        backoff: createBackoff(100, 1_000, () => 1),
        concurrency: createConcurrency({ min: 1, start: 2, max: 4 }, systemClock),
        idleMs: systemClock.monotonic,
        poisonAfterMs: 60_000,
        breakerWindowMs: 500,
        restored: await store.gate(name),
        clock: systemClock,
        log: silentLog,
        counters: createCounters(),
        meter: noMeter,
      })
      dispatcher.start()
      dispatchers.set(name, dispatcher)
    }
  }

  async function idle(): Promise<void> {
    for (let i = 0; i < TURNS; i += 1) await turn()
  }

  await start()
  return {
    async send(draft) {
      const appended = await store.append(draft)
      if (appended.kind === 'accepted') for (const name of appended.queued) dispatchers.get(name)?.wake()
      return appended
    },
    behave: (destination, mode) => void modes.set(destination, mode),
    executed: (destination) => executions.get(destination) ?? [],
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        vi.advanceTimersByTime(STEP_MS)
        await idle()
      }
    },
    async crash() {
      life.dead = true
      await store.close()
      await start()
      await idle()
    },
    store: () => store,
    async end() {
      life.dead = true
      await store.close()
      rmSync(dir, { recursive: true })
      vi.useRealTimers()
    },
  }
}

const OUTCOMES: Readonly<Record<Mode, Outcome>> = {
  ok: { kind: 'delivered', status: 201, note: '' },
  refuse: { kind: 'retry', fault: 'destination', status: null, note: 'refused' },
  lost: { kind: 'unknown', status: null, note: 'no answer' },
  silent: { kind: 'unknown', status: null, note: 'no answer' },
  busy: { kind: 'retry', fault: 'busy', status: 503, note: 'busy' },
  unauthorised: { kind: 'suspend', status: 401, note: 'no', hint: 'key', probe: 'request' },
  broken: { kind: 'retry', fault: 'destination', status: 500, note: 'status 500' },
  reject: { kind: 'dead', status: 400, note: 'no', cause: 'rejected' },
}

/** A store that a dead process can no longer reach: whatever it still asks never comes back. */
function mortal(store: Store, life: { readonly dead: boolean }): Store {
  const never = new Promise<never>(() => {})
  return new Proxy(store, {
    get(target, name: keyof Store) {
      const method = target[name] as (...args: unknown[]) => unknown
      return (...args: unknown[]) => (life.dead && name !== 'close' ? never : method.apply(target, args))
    },
  })
}
