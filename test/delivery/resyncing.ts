import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createCounters } from '../../src/base/counters.js'
import type { Log } from '../../src/base/log.js'
import { createResyncer, type Peer, type Resyncer } from '../../src/delivery/resyncer.js'
import type { PeerPage, Read } from '../../src/egress/read.js'
import type { PeerAlert } from '../../src/model/ledger.js'
import type { Draft } from '../../src/model/message.js'
import type { ResyncPlan } from '../../src/model/resync.js'
import { createDecide } from '../../src/routing/decide.js'
import { createCompare } from '../../src/routing/drift.js'
import type { Store } from '../../src/store/contract.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { delivered, route } from '../contract/bench.js'
import { createFakeClock, type FakeClock } from '../support/fake-clock.js'
import { queueOf, rulesFor } from '../support/rules.js'
import { waitFor } from '../support/wait.js'

export const PLAN: ResyncPlan = { by: 'diff', since: null, match: [], why: 'operator' }
const ROUTE = route('mom1')

/** A peer that tells its alerts in pages of two. */
interface FakePeer {
  alerts: PeerAlert[]
  /** in place of the next answers */
  readonly instead: Read<never>[]
  flows: boolean
  asked: number
}

interface World {
  readonly clock: FakeClock
  readonly store: Store
  readonly peer: FakePeer
  readonly resyncer: Resyncer
  readonly logged: readonly string[]
  append(...drafts: Draft[]): Promise<void>
  /** Delivers what waits: what it was, as short texts. */
  drain(): Promise<readonly string[]>
  ended(): Promise<void>
}

export async function world(
  options: { whenEmpty?: boolean; rows?: number; unreadable?: boolean; dir?: string; dies?: boolean } = {},
): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'resyncer-'))
  const clock = createFakeClock()
  const store = await openSqlite({
    path: join(dir, 'relay.db'),
    lockWaitMs: 0,
    clock: systemClock,
    owner: 'one',
    destinations: [queueOf(ROUTE, { rows: options.rows ?? 1_000, bytes: 1_000_000 }, { overflow: 'resync' })],
    decide: createDecide([ROUTE]),
    rules: rulesFor([ROUTE]),
  })
  const peer: FakePeer = { alerts: [], instead: [], flows: true, asked: 0 }
  const logged: string[] = []
  const note = (_: object, text: string) => void logged.push(text)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const pageOf = (page: number): PeerPage => ({
    alerts: peer.alerts.slice((page - 1) * 2, page * 2),
    more: page * 2 < peer.alerts.length,
    total: peer.alerts.length,
  })
  const reader: Peer['reader'] = {
    async page(page) {
      peer.asked += 1
      return peer.instead.shift() ?? { kind: 'read', value: pageOf(page) }
    },
    async count() {
      return peer.instead.shift() ?? { kind: 'read', value: peer.alerts.length }
    },
  }
  const resyncer = createResyncer({
    store,
    compare: createCompare([ROUTE]),
    clock,
    log,
    counters: createCounters(),
  })
  resyncer.add({
    destination: 'mom1',
    reader: options.unreadable ? undefined : reader,
    whenEmpty: options.whenEmpty ?? false,
    flows: () => peer.flows,
    wake() {},
  })
  resyncer.start()
  onTestFinished(async () => {
    await resyncer.stop().catch((error: unknown) => {
      if (options.dies !== true) throw error
    })
    await store.close()
    rmSync(dir, { recursive: true })
  })
  return {
    ...{ clock, store, peer, resyncer, logged },
    async append(...drafts) {
      for (const draft of drafts) await store.append({ ...draft, acceptedAt: clock.now() })
    },
    async drain() {
      const got: string[] = []
      for (;;) {
        const { deliveries } = await store.claim('mom1', 100, clock.now())
        if (deliveries.length === 0) return got
        for (const delivery of deliveries) {
          const body = JSON.parse(String(delivery.message.body))
          got.push(body.action ?? `${body.resource} ${body.status}`)
          await store.settle(delivery, delivered, clock.now())
        }
      }
    },
    ended: async () => {
      await waitFor(
        'the resync to end',
        async () => {
          await clock.advance(300)
          return (await resyncer.state('mom1'))?.phase
        },
        (phase) => phase === 'done' || phase === 'failed',
      )
    },
  }
}
