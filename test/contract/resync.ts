import { expect, test } from 'vitest'
import type { AlertFields } from '../../src/model/alert.js'
import type { Delivery } from '../../src/model/delivery.js'
import type { Route } from '../../src/model/destination.js'
import type { PeerAlert } from '../../src/model/ledger.js'
import type { Drift, ResyncPlan } from '../../src/model/resync.js'
import { createCompare } from '../../src/routing/drift.js'
import type { Store } from '../../src/store/contract.js'
import { actionDraft, alertDraft, deleteDraft, fields } from '../support/drafts.js'
import { type Bench, delivered, route } from './bench.js'

const PLAN: ResyncPlan = { by: 'diff', since: null, match: [], why: 'operator' }
const NOW = 50_000

/** An alert as the peer tells it. */
export const told = (alert: Partial<AlertFields> & { id?: string; at?: number } = {}): PeerAlert => {
  const { id = `p-${alert.resource}`, at = 1_000, ...rest } = alert
  const all = fields(rest)
  const { environment, resource, event, customer, severity, status } = all
  const seen = { lastReceiveId: id, lastReceiveTime: at, history: [], alert: all }
  return { id, environment, resource, event, customer, severity, status, ...seen }
}

/** Resyncs and diffs: what a store compares, queues and adopts. */
export function resyncContract(bench: Bench): void {
  const { open, claim, rowsOf } = bench
  const judgeFor = (routes: readonly Route[], plan: Partial<ResyncPlan> = {}) =>
    createCompare(routes)('mom1', { ...PLAN, ...plan })

  /** What waits for mom1 is delivered. */
  async function drain(store: Store, now = 10_000): Promise<string[]> {
    const got: string[] = []
    for (;;) {
      const deliveries = await claim(store, 10, now)
      if (deliveries.length === 0) return got
      for (const delivery of deliveries) {
        got.push(described(delivery))
        await store.settle(delivery, delivered, now)
      }
    }
  }

  async function resync(store: Store, alerts: readonly PeerAlert[], routes = [route('mom1')]): Promise<string[]> {
    expect(await store.resyncs.start('mom1', PLAN, NOW)).toBe(true)
    await store.resyncs.listen('mom1', NOW)
    await store.resyncs.told('mom1', alerts)
    await store.resyncs.queue('mom1', 'diff', null)
    return stepped(store, routes)
  }

  async function stepped(store: Store, routes: readonly Route[], plan: Partial<ResyncPlan> = {}): Promise<string[]> {
    const got: string[] = []
    for (;;) {
      const step = await store.resyncs.step('mom1', { judge: judgeFor(routes, plan), now: NOW })
      got.push(...(await drain(store, NOW)))
      if (step.kind === 'done') break
    }
    await store.resyncs.end('mom1', 'done', null, NOW)
    return got
  }

  async function drifts(store: Store, alerts: readonly PeerAlert[], readAt = NOW): Promise<readonly Drift[]> {
    while (await store.resyncs.forget('mom1'));
    await store.resyncs.told('mom1', alerts)
    const comparing = { judge: judgeFor([route('mom1')]), read: true, readAt, now: NOW }
    const found: Drift[] = []
    let page = await store.resyncs.compare('mom1', comparing)
    found.push(...page.drifts)
    while (page.next !== undefined) {
      page = await store.resyncs.compare('mom1', comparing, page.next)
      found.push(...page.drifts)
    }
    return found
  }
  const take = (store: Store, there: readonly PeerAlert[]) => store.resyncs.adopt('mom1', there, NOW)
  const seen = (found: readonly Drift[]) => found.map(({ resource, difference }) => `${resource} ${difference}`)

  test('a peer that was wiped gets back what is open, as it stands, and nothing that is over', async () => {
    const store = await open()
    for (const resource of ['open', 'acked', 'shelved', 'closed', 'deleted']) {
      await store.append(alertDraft({ resource }, { alertId: `a-${resource}` }))
    }
    await store.append(actionDraft('a-acked', 'ack'))
    await store.append(actionDraft('a-shelved', 'shelve'))
    await store.append(actionDraft('a-closed', 'close'))
    await store.append(deleteDraft('a-deleted'))
    await drain(store)
    // the shelving ends by itself there too
    expect(await resync(store, [])).toEqual([
      'alert open open critical',
      'alert acked ack critical',
      'alert shelved open critical',
      'action shelve 7151',
    ])
  })

  test('a peer gets only what differs, and what was closed or deleted here is so there', async () => {
    const store = await open()
    for (const resource of ['same', 'acked', 'unacked', 'closed', 'deleted']) {
      await store.append(alertDraft({ resource }, { alertId: `a-${resource}` }))
    }
    await store.append(actionDraft('a-acked', 'ack'))
    await store.append(actionDraft('a-closed', 'close'))
    await store.append(deleteDraft('a-deleted', { acceptedAt: 2_000 }))
    await drain(store)
    const there = [
      told({ resource: 'same', status: 'open', attributes: { ip: '192.0.2.9' } }),
      told({ resource: 'acked' }),
      told({ resource: 'unacked', status: 'ack' }),
      told({ resource: 'closed' }),
      told({ resource: 'deleted', id: 'a-deleted' }),
    ]
    expect(seen(await drifts(store, there))).toEqual([
      'acked differs',
      'unacked differs',
      'closed differs',
      'deleted deleted here',
    ])
    expect(await resync(store, there)).toEqual([
      'alert acked ack critical',
      'alert unacked open critical',
      'alert closed closed normal',
      'delete a-deleted',
      'action open null',
    ])
  })

  test('what a peer has heard of since it was deleted here is no drift to repair, but missing here', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'a' }, { alertId: 'x' }))
    await store.append(deleteDraft('x', { acceptedAt: 2_000 }))
    await drain(store)
    const there = [told({ resource: 'a', id: 'x', at: 3_000 })]
    expect(seen(await drifts(store, there))).toEqual(['a missing here'])
    expect(await resync(store, there)).toEqual([])
  })

  test('only what the route wants is sent: what matches, and what has gone there before', async () => {
    const routes = [route('mom1', { match: [{ field: 'severity', patterns: ['critical'] }] })]
    const store = await open(routes)
    await store.append(alertDraft({ resource: 'wanted' }))
    await store.append(alertDraft({ resource: 'followed' }))
    await store.append(alertDraft({ resource: 'followed', severity: 'minor' }))
    await store.append(alertDraft({ resource: 'other', severity: 'minor' }))
    await drain(store)
    expect(await resync(store, [], routes)).toEqual(['alert wanted open critical', 'alert followed open minor'])
  })

  test('an alert whose time has run out is not raised from the dead', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'old', timeout: 10 }, { acceptedAt: 1_000 }))
    await store.append(alertDraft({ resource: 'for ever', timeout: 0 }, { acceptedAt: 1_000 }))
    await drain(store)
    expect(await resync(store, [])).toEqual(['alert for ever open critical'])
  })

  test('what waits for the destination, or has just been delivered, is on the way and no drift', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'delivered' }))
    await drain(store, NOW)
    await store.append(alertDraft({ resource: 'waits' }))
    const found = await drifts(store, [])
    expect(found.map(({ resource, onTheWay }) => [resource, onTheWay])).toEqual([
      ['delivered', true],
      ['waits', true],
    ])
    await drain(store, NOW)
    const later = await drifts(store, [], NOW + 1)
    expect(later.map(({ onTheWay }) => onTheWay)).toEqual([false, false])
  })

  test('a resync does not queue again what is queued', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'a' }))
    expect(await resync(store, [])).toEqual(['alert a open critical'])
    const sent = await store.settled('mom1', 'delivered', 10)
    expect(sent).toHaveLength(1)
  })

  test('an event that a peer merged with another one of ours is there', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'a', event: 'one', severity: 'minor' }, { alertId: 'x1' }))
    await store.append(alertDraft({ resource: 'a', event: 'two' }, { alertId: 'x2' }))
    for (;;) {
      const [delivery] = await claim(store, 1, 10_000)
      if (delivery === undefined) break
      await store.settle(delivery, { ...delivered, alias: 'theirs' }, 10_000)
    }
    expect(await drifts(store, [told({ resource: 'a', event: 'two', id: 'theirs' })])).toEqual([])
  })

  test('only one resync runs at a destination', async () => {
    const store = await open([route('mom1'), route('mom2')])
    expect(await store.resyncs.start('mom1', PLAN, NOW)).toBe(true)
    expect(await store.resyncs.start('mom1', PLAN, NOW)).toBe(false)
    expect(await store.resyncs.start('mom2', PLAN, NOW)).toBe(true)
    await store.resyncs.end('mom1', 'stopped', null, NOW)
    expect(await store.resyncs.start('mom1', PLAN, NOW)).toBe(true)
  })

  test('a resync queues no more than the destination can take soon, and goes on where it was after a crash', async () => {
    const store = await open([route('mom1')], { rows: 20, bytes: 1_000_000 })
    for (let i = 0; i < 25; i += 1) {
      await store.append(alertDraft({ resource: `r${i}` }))
      await drain(store)
    }
    await store.resyncs.start('mom1', PLAN, NOW)
    await store.resyncs.queue('mom1', 'diff', null)
    const judge = judgeFor([route('mom1')])
    expect(await store.resyncs.step('mom1', { judge, now: NOW })).toEqual({ kind: 'more', queued: 10 })
    expect(await store.resyncs.step('mom1', { judge, now: NOW })).toEqual({ kind: 'full', queued: 0 })
    expect(await rowsOf(store)).toBe(10)
    await bench.crash()
    const reopened = await bench.reopen()
    const rest = await stepped(reopened, [route('mom1')])
    const all = Array.from({ length: 25 }, (_, i) => `alert r${i} open critical`)
    expect(rest).toEqual(all)
    expect(await reopened.resyncs.get('mom1')).toMatchObject({ phase: 'done', tally: { seen: 25, queued: 25 } })
  })

  test('after an overflow what is new is queued again from the beginning of the resync on', async () => {
    const store = await open([route('mom1')], { rows: 2, bytes: 1_000_000 }, { overflow: 'resync' })
    for (const resource of ['a', 'b', 'c']) await store.append(alertDraft({ resource }, { acceptedAt: 5_000 }))
    expect(store.resyncs.overflowedAt('mom1')).toBe(5_000)
    await drain(store)
    await store.resyncs.start('mom1', PLAN, NOW)
    expect(store.resyncs.overflowedAt('mom1')).toBeUndefined()
    expect(await store.append(alertDraft({ resource: 'd' }))).toMatchObject({ kind: 'accepted', queued: ['mom1'] })
  })

  test('of a peer that cannot be read, what happened since is made up for, closings and deletes too', async () => {
    const store = await open()
    for (const resource of ['old', 'closed', 'deleted', 'new']) {
      const acceptedAt = resource === 'new' ? 5_000 : 1_000
      await store.append(alertDraft({ resource }, { alertId: `a-${resource}`, acceptedAt }))
    }
    await store.append(actionDraft('a-closed', 'close', { acceptedAt: 5_000 }))
    await store.append(deleteDraft('a-deleted', { acceptedAt: 5_000 }))
    await drain(store)
    await store.resyncs.start('mom1', { ...PLAN, since: 5_000 }, NOW)
    await store.resyncs.queue('mom1', 'all', 'no')
    expect(await stepped(store, [route('mom1')], { by: 'all', since: 5_000 })).toEqual([
      'alert closed closed normal',
      'delete a-deleted',
      'alert new open critical',
    ])
  })

  test("a peer's alerts are taken over without being relayed, and its ids are learned", async () => {
    const store = await open([route('mom1'), route('mom2')])
    await store.append(alertDraft({ resource: 'ours' }, { alertId: 'x-ours' }))
    await store.append(alertDraft({ resource: 'gone' }, { alertId: 'x-gone' }))
    await store.append(deleteDraft('x-gone', { acceptedAt: 2_000 }))
    await drain(store)
    const there = [
      told({ resource: 'ours', id: 'p-ours' }),
      told({ resource: 'theirs', id: 'p-theirs', status: 'ack' }),
      told({ resource: 'gone', id: 'x-gone' }),
    ]
    const depth = store.depth('mom1')
    expect(await take(store, there)).toEqual({ adopted: 1, learned: 1, known: 0, deleted: 1, unusable: 0 })
    expect(await take(store, there)).toEqual({ adopted: 0, learned: 0, known: 2, deleted: 1, unusable: 0 })
    expect(store.depth('mom1')).toBe(depth)
    expect(await drifts(store, there.slice(0, 2))).toEqual([])
    await store.append(actionDraft('p-ours', 'ack'))
    await store.append(actionDraft('p-theirs', 'unack'))
    const aliases = (await claim(store, 10, NOW)).map(({ message, alias }) => [message.action, alias])
    expect(aliases).toEqual([
      ['ack', 'p-ours'],
      ['unack', 'p-theirs'],
    ])
    const repeat = await store.append(alertDraft({ resource: 'theirs' }))
    expect(repeat).toMatchObject({ current: { state: { id: 'p-theirs', duplicateCount: 1 } } })
  })

  test('whether a destination should have something is known', async () => {
    const store = await open()
    expect(await store.resyncs.hasOpen('mom1', NOW)).toBe(false)
    await store.append(alertDraft({ resource: 'a' }, { alertId: 'x' }))
    expect(await store.resyncs.hasOpen('mom1', 1_000)).toBe(false)
    expect(await store.resyncs.hasOpen('mom1', NOW)).toBe(true)
    await store.append(actionDraft('x', 'close'))
    expect(await store.resyncs.hasOpen('mom1', NOW)).toBe(false)
  })
}

function described({ message }: Delivery): string {
  if (message.kind === 'delete') return `delete ${message.alertId}`
  const body = JSON.parse(String(message.body))
  if (message.kind === 'action') return `action ${body.action} ${body.timeout}`
  return `alert ${body.resource} ${body.status} ${body.severity}`
}
