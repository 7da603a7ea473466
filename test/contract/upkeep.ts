import { expect, test } from 'vitest'
import type { Delivery } from '../../src/model/delivery.js'
import { createDecide } from '../../src/routing/decide.js'
import { actionDraft, alertDraft, heartbeatDraft } from '../support/drafts.js'
import { rulesFor } from '../support/rules.js'
import { type Bench, delivered, retryAt, route } from './bench.js'

/** Heartbeats, expiry, pruning, restarts: what a store does with time. */
export function upkeepContract(bench: Bench): void {
  const { open, claim, rowsOf } = bench

  test('only the latest heartbeat of an origin waits', async () => {
    const store = await open()
    await store.append(heartbeatDraft('probe1'))
    await store.append(heartbeatDraft('probe1'))
    await store.append(heartbeatDraft('probe2'))
    expect(await rowsOf(store)).toBe(2)
    expect(await claim(store)).toHaveLength(2)
    expect((await store.settled('mom1', 'superseded', 10)).map(({ message }) => message.alertId)).toEqual(['probe1'])
  })

  test('a heartbeat in flight that fails is not sent again when a later one has come in', async () => {
    const store = await open()
    await store.append(heartbeatDraft('probe1'))
    const [first] = await claim(store)
    await store.append(heartbeatDraft('probe1'))
    await store.settle(first as Delivery, retryAt(20_000), 10_000)
    const [second] = await claim(store, 10, 20_000)
    expect(second?.message.messageId).not.toBe(first?.message.messageId)
    expect(await rowsOf(store)).toBe(1)
  })

  test('deliveries expire by age, held time apart', async () => {
    const store = await open()
    await store.append(alertDraft({}, { acceptedAt: 0 }))
    const expiry = (now: number) => ({ now, maxAgeMs: 1_000, limit: 10 })
    await store.saveGate('mom1', { state: 'held', why: 'works', since: 500 }, 500)
    await store.saveGate('mom1', { state: 'flowing' }, 900)
    expect(await store.expire('mom1', expiry(1_400))).toBe(0)
    expect(await store.expire('mom1', expiry(1_401))).toBe(1)
    expect((await store.settled('mom1', 'dead', 10))[0]?.note).toMatch(/expired by max_age/)
    expect(await claim(store)).toEqual([])
  })

  test('a queue whose destination is no longer configured is shown, expires, and goes on when it is configured again', async () => {
    const store = await open([route('mom1'), route('old')])
    await store.append(alertDraft({}, { acceptedAt: 0 }))
    await bench.crash()
    const renamed = [route('mom1')]
    const reopened = await bench.reopen({
      ...bench.options(),
      destinations: bench.options().destinations.slice(0, 1),
      decide: createDecide(renamed),
      rules: rulesFor(renamed),
    })
    expect((await reopened.status()).map(({ destination, rows }) => [destination, rows])).toEqual([
      ['mom1', 1],
      ['old', 1],
    ])
    await reopened.append(alertDraft({ resource: 'b' }))
    await bench.crash()
    const again = await bench.reopen()
    expect(await claim(again, 10, 10_000, 'old')).toHaveLength(1)
    await bench.crash()
    const gone = await bench.reopen({
      ...bench.options(),
      destinations: bench.options().destinations.slice(0, 1),
      decide: createDecide(renamed),
      rules: rulesFor(renamed),
    })
    expect(await gone.expire('old', { now: 5_000, maxAgeMs: 1_000, limit: 10 })).toBe(1)
    expect((await gone.status()).map(({ destination }) => destination)).toEqual(['mom1'])
  })

  test('when order_by changes under a queue, an ack still waits for its alert', async () => {
    await open([route('mom1')])
    await bench.crash()
    const byResource = await bench.reopen()
    await byResource.append(alertDraft({}, { alertId: 'x' }))
    await bench.crash()
    const routes = [route('mom1', { orderBy: 'alert' })]
    const destinations = bench.options().destinations.map((one) => ({ ...one, orderBy: 'alert' as const }))
    const byAlert = await bench.reopen({ destinations, decide: createDecide(routes), rules: rulesFor(routes) })
    await byAlert.append(actionDraft('x', 'ack'))
    expect((await claim(byAlert)).map(({ message }) => message.kind)).toEqual(['alert'])
  })

  test('a prune ends after as many calls as its longest table has slices', async () => {
    const store = await open()
    for (let i = 0; i < 35; i += 1) {
      await store.append(alertDraft({ resource: `r${i % 11}` }, { acceptedAt: 0 }))
    }
    const retention = { now: 1_000_000, settledMs: 10, deadMs: 10, seenMs: 10, alertMs: 10, auditMs: 10, limit: 5 }
    let calls = 1
    while (await store.prune(retention)) calls += 1
    expect(calls).toBeLessThanOrEqual(9)
  })

  test('prune forgets what is settled and old, and nothing that is still queued or dead', async () => {
    const store = await open()
    for (const resource of ['done', 'dead', 'queued']) await store.append(alertDraft({ resource }, { acceptedAt: 0 }))
    const [done, dead, queued] = await claim(store)
    await store.settle(done as Delivery, delivered, 0)
    await store.settle(dead as Delivery, { to: 'dead', status: 400, note: 'no' }, 0)
    await store.settle(queued as Delivery, retryAt(1), 0)
    const retention = { now: 1_000, settledMs: 10, deadMs: 5_000, seenMs: 10, alertMs: 10, auditMs: 10, limit: 100 }
    expect(await store.prune(retention)).toBe(false)
    expect(await store.settled('mom1', 'delivered', 10)).toEqual([])
    expect(await store.settled('mom1', 'dead', 10)).toHaveLength(1)
    expect((await claim(store)).map(({ message }) => JSON.parse(String(message.body)).resource)).toEqual(['queued'])
  })

  test('positions are never given twice, also after everything was pruned', async () => {
    const store = await open()
    const retention = { now: 1_000_000, settledMs: 0, deadMs: 0, seenMs: 0, alertMs: 0, auditMs: 0, limit: 100 }
    for (const text of ['first', 'second']) {
      await store.append(alertDraft({ text }))
      const [delivery] = await claim(store)
      expect(JSON.parse(String(delivery?.message.body)).text).toBe(text)
      await store.settle(delivery as Delivery, delivered, 10)
      await store.prune(retention)
    }
  })

  test('a nonce is spent once, also across restarts', async () => {
    const store = await open()
    expect(await store.spend('n', 10)).toBe(true)
    await bench.crash()
    const reopened = await bench.reopen()
    expect(await reopened.spend('n', 10)).toBe(false)
  })

  test('gate and breaker survive a restart', async () => {
    const store = await open()
    const gate = {
      state: 'suspended',
      why: '401',
      hint: 'h',
      since: 1,
      probe: 'request',
      probeAt: 2,
      probes: 3,
    } as const
    await store.saveGate('mom1', gate, 1)
    await store.saveBreaker('mom1', { openUntil: 5, streak: 2 })
    await bench.crash()
    const reopened = await bench.reopen()
    expect(await reopened.gate('mom1')).toEqual({ gate, breaker: { openUntil: 5, streak: 2 } })
  })
}
