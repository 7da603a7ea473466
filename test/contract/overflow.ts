import { expect, test } from 'vitest'
import type { ResyncPlan } from '../../src/model/resync.js'
import { createCompare } from '../../src/routing/drift.js'
import type { Store } from '../../src/store/contract.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { type Bench, delivered, route } from './bench.js'

const PLAN: ResyncPlan = { by: 'diff', since: null, match: [], why: 'operator' }
const OVERFLOWED = 5_000
const NOW = 50_000

/** What becomes of a destination at which nothing is queued any more, its queue having been full. */
export function overflowContract(bench: Bench): void {
  const { open, claim } = bench

  async function drain(store: Store): Promise<string[]> {
    const got: string[] = []
    for (;;) {
      const deliveries = await claim(store, 10, NOW)
      if (deliveries.length === 0) return got
      for (const delivery of deliveries) {
        const { kind, alertId } = delivery.message
        got.push(`${kind} ${alertId}`)
        await store.settle(delivery, delivered, NOW)
      }
    }
  }

  /** Alerts a, b, c and d, of which c and d were left out. */
  async function overflowed(): Promise<Store> {
    const store = await open([route('mom1')], { rows: 2, bytes: 1_000_000 }, { overflow: 'resync' })
    for (const resource of ['a', 'b', 'c', 'd']) {
      const severity = resource === 'd' ? 'critical' : 'major'
      await store.append(alertDraft({ resource, severity }, { alertId: resource, acceptedAt: OVERFLOWED }))
    }
    await drain(store)
    return store
  }

  /** Queues all that the running resync finds, and ends it. */
  async function work(store: Store, plan: ResyncPlan, note: string | null = null): Promise<string[]> {
    await store.resyncs.queue('mom1', plan.by === 'diff' && note === null ? 'diff' : 'all', note)
    const by = (await store.resyncs.get('mom1'))?.plan.by ?? plan.by
    const judge = createCompare([route('mom1')])('mom1', { ...plan, by })
    const got: string[] = []
    for (;;) {
      const step = await store.resyncs.step('mom1', { judge, now: NOW })
      got.push(...(await drain(store)))
      if (step.kind === 'done') break
    }
    await store.resyncs.end('mom1', 'done', null, NOW)
    return got
  }

  test.each<[string, Partial<ResyncPlan>]>([
    ['of the critical ones', { by: 'all', match: [{ field: 'severity', patterns: ['critical'] }] }],
    ['of what was heard of later', { since: OVERFLOWED + 1 }],
    ['of what is open', { by: 'all' }],
  ])(
    'what a queue had no room for still reaches its destination when an operator resyncs a part, %s',
    async (_, part) => {
      const store = await overflowed()
      await store.append(actionDraft('a', 'close', { acceptedAt: OVERFLOWED + 1 }))
      await store.append(deleteDraft('b', { acceptedAt: OVERFLOWED + 1 }))
      const plan = { ...PLAN, ...part }
      await store.resyncs.start('mom1', plan, NOW)
      await work(store, plan)
      expect(store.resyncs.overflowedAt('mom1')).toBe(OVERFLOWED)
      const all: ResyncPlan = { ...PLAN, by: 'all', since: OVERFLOWED, why: 'overflow' }
      await store.resyncs.start('mom1', all, NOW + 1)
      expect(await work(store, all)).toEqual(expect.arrayContaining(['alert a', 'delete b', 'alert c']))
      expect(store.resyncs.overflowedAt('mom1')).toBeUndefined()
    },
  )

  test.each(['stopped', 'failed'] as const)(
    'what a queue had no room for is not forgotten when its resync is %s, also over a restart',
    async (phase) => {
      const store = await overflowed()
      await store.resyncs.start('mom1', { ...PLAN, since: OVERFLOWED, why: 'overflow' }, NOW)
      expect(store.resyncs.overflowedAt('mom1'), 'what is new is queued').toBeUndefined()
      await bench.crash()
      const reopened = await bench.reopen()
      await reopened.resyncs.end('mom1', phase, null, NOW + 1)
      expect(reopened.resyncs.overflowedAt('mom1')).toBe(OVERFLOWED)
      await reopened.resyncs.end('mom1', phase, null, NOW + 2)
      expect((await reopened.resyncs.get('mom1'))?.plan).toEqual({ ...PLAN, since: OVERFLOWED, why: 'overflow' })
    },
  )

  test('closings that a queue had no room for are made up for where the peer turns out to be unreadable', async () => {
    const store = await overflowed()
    await store.append(actionDraft('a', 'close', { acceptedAt: OVERFLOWED + 1 }))
    await store.resyncs.start('mom1', PLAN, NOW)
    expect(await work(store, PLAN, 'it cannot be read')).not.toContain('alert a')
    expect(store.resyncs.overflowedAt('mom1')).toBe(OVERFLOWED)
  })
}
