import { type Delivery, NO_PROGRESS, type Settlement } from '../../src/model/delivery.js'
import type { Route } from '../../src/model/destination.js'
import { type Identity, parseIdentity } from '../../src/model/identity.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Appended, Current } from '../../src/store/appended.js'
import type { Budget, ConfiguredQueue, Decide, LedgerRules, Store } from '../../src/store/contract.js'
import { queueOf, rulesFor } from '../support/rules.js'

export interface OpenOptions {
  readonly destinations: readonly ConfiguredQueue[]
  readonly decide: Decide
  readonly rules: LedgerRules
}

/** What an engine's test gives: stores on one and the same database, opened again after a crash or a close. */
export interface Engine {
  open(options: OpenOptions): Promise<Store>
  /** Lets the newest store vanish as a killed process would. */
  crash(): Promise<void>
  end(): Promise<void>
}

/** A store on an empty database for one test, with the few words that the contract is written in. */
export interface Bench {
  open(routes?: readonly Route[], budget?: Budget, more?: Partial<ConfiguredQueue>): Promise<Store>
  crash(): Promise<void>
  /** On the same database; by default as it was opened. */
  reopen(options?: OpenOptions): Promise<Store>
  options(): OpenOptions
  claim(store: Store, limit?: number, now?: number, destination?: string): Promise<readonly Delivery[]>
  /** of the first destination */
  rowsOf(store: Store): Promise<number | undefined>
  end(): Promise<void>
}

const BUDGET = { rows: 1_000, bytes: 1_000_000 }

export function createBench(createEngine: () => Promise<Engine>): Bench {
  let engine: Engine
  let options: OpenOptions
  return {
    async open(routes = [route('mom1')], budget = BUDGET, more = {}) {
      engine = await createEngine()
      options = {
        destinations: routes.map((one) => queueOf(one, budget, more)),
        decide: createDecide(routes),
        rules: rulesFor(routes),
      }
      return engine.open(options)
    },
    crash: () => engine.crash(),
    reopen: (changed = options) => engine.open(changed),
    options: () => options,
    claim: async (store, limit = 10, now = 10_000, destination = 'mom1') =>
      (await store.claim(destination, limit, now)).deliveries,
    rowsOf: async (store) => (await store.status())[0]?.rows,
    end: () => engine.end(),
  }
}

/** The alert as the sender is answered. */
export function toldOf(appended: Appended): Current | undefined {
  if (appended.kind !== 'accepted' || appended.current === undefined) return undefined
  const { state, history } = appended.current
  return { state, history: history.map((entry) => JSON.parse(entry)) }
}

export const delivered = { to: 'delivered', status: 201, note: null } as const
export const retryAt = (notBefore: number): Settlement => ({
  to: 'queued',
  notBefore,
  spent: true,
  progress: { ...NO_PROGRESS, faults: 1, firstFaultAt: 1, lastFaultAt: 1 },
  status: 500,
  note: 'status 500',
})

export const route = (name: string, more: Partial<Route> = {}): Route => ({
  name,
  identities: new Set([parseIdentity(`http://${name}`) as Identity]),
  forward: ['*'],
  match: [],
  orderBy: 'resource',
  ...more,
})
