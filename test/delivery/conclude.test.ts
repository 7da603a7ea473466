import { expect, test } from 'vitest'
import { createBackoff } from '../../src/delivery/backoff.js'
import { type Context, conclude, wantsProof } from '../../src/delivery/conclude.js'
import { type Delivery, NO_PROGRESS, type Progress } from '../../src/model/delivery.js'
import type { Outcome } from '../../src/model/outcome.js'

const backoff = createBackoff(1_000, 60_000, () => 1)
const context = (more: Partial<Context> = {}): Context => ({
  now: 100_000,
  backoff,
  lastWellAt: 0,
  poisonAfterMs: 60_000,
  head: false,
  cutOff: false,
  ...more,
})
const delivery = (progress: Partial<Progress> = {}, more: Partial<Delivery> = {}): Delivery =>
  ({
    attempt: 1,
    sent: true,
    alias: 'theirs',
    message: { kind: 'alert' },
    progress: { ...NO_PROGRESS, ...progress },
    ...more,
  }) as Delivery

const e500: Outcome = { kind: 'retry', fault: 'destination', status: 500, note: 'status 500' }
const refused: Outcome = { kind: 'retry', fault: 'destination', status: null, note: 'refused' }
const unknown: Outcome = { kind: 'unknown', status: null, note: 'timeout' }
const unauthorized: Outcome = { kind: 'suspend', status: 401, note: 'no', hint: 'key', probe: 'request' }
const collision: Outcome = { kind: 'suspend', status: 202, note: 'no', hint: 'name', probe: 'head' }
const notFound = (alert: Extract<Outcome, { kind: 'not found' }>['alert']): Outcome => ({
  kind: 'not found',
  alert,
  status: 404,
  note: 'not found',
})

test('a good answer ends the delivery and teaches the alias', () => {
  const outcome: Outcome = { kind: 'delivered', status: 201, note: '', alias: 'theirs' }
  expect(conclude(delivery(), outcome, context()).settlement).toEqual({
    to: 'delivered',
    status: 201,
    note: null,
    alias: 'theirs',
  })
})

test('a refused connection waits longer each time, up to the ceiling, and never dies of it', () => {
  const waits = [1, 2, 3, 20, 2_000].map((attempt) => {
    const { settlement } = conclude(delivery({}, { attempt }), refused, context())
    return settlement.to === 'queued' ? settlement.notBefore - 100_000 : settlement.to
  })
  expect(waits).toEqual([1_000, 2_000, 4_000, 60_000, 60_000])
})

test('an unanswered try is counted apart, for it may double', () => {
  const { settlement, effect } = conclude(delivery(), unknown, context())
  expect(settlement).toMatchObject({ to: 'queued', spent: true, progress: { unknowns: 1, faults: 0 } })
  expect(effect).toEqual({ kind: 'fault' })
})

test('a 5xx kills the fourth time over a minute, if others passed between each two of them', () => {
  const fourth = { faults: 3, firstFaultAt: 40_000, lastFaultAt: 90_000 }
  const after = (progress: Partial<Progress>, lastWellAt: number) =>
    conclude(delivery(progress), e500, context({ lastWellAt })).settlement
  expect(after(fourth, 91_000)).toMatchObject({ to: 'dead', note: 'status 500, 4 times while others passed' })
  expect(after({ ...fourth, faults: 2 }, 91_000), 'only the third time').toMatchObject({ to: 'queued' })
  expect(after({ ...fourth, firstFaultAt: 40_001 }, 91_000), 'not a minute yet').toMatchObject({ to: 'queued' })
})

test('an outage that ends in flapping is not blamed on the alerts that met it', () => {
  const outage = { faults: 3, firstFaultAt: 10_000, lastFaultAt: 90_000 }
  const { settlement } = conclude(delivery(outage), e500, context({ lastWellAt: 89_000 }))
  expect(settlement).toMatchObject({ to: 'queued', progress: { faults: 1, firstFaultAt: 100_000 } })
})

test('before an item is blamed the destination is asked whether it is well otherwise', () => {
  const progress = { faults: 1, firstFaultAt: 10_000, lastFaultAt: 90_000 }
  expect(wantsProof(delivery(progress), e500, context({ lastWellAt: 80_000 }))).toBe(true)
  expect(wantsProof(delivery(progress), e500, context({ lastWellAt: 95_000 }))).toBe(false)
  expect(wantsProof(delivery(), e500, context())).toBe(false)
  expect(wantsProof(delivery(progress), refused, context())).toBe(false)
})

test('a peer that refuses without a word leaves a dead letter that says at least the status', () => {
  const wordless: Outcome = { kind: 'dead', status: 400, note: '', cause: 'rejected' }
  expect(conclude(delivery(), wordless, context()).settlement).toMatchObject({ to: 'dead', note: 'status 400' })
})

test('a busy peer pauses the destination for as long as it asks, within reason', () => {
  const busy = (afterMs?: number): Outcome => ({
    kind: 'retry',
    fault: 'busy',
    status: 503,
    note: '',
    ...(afterMs === undefined ? {} : { afterMs }),
  })
  expect(conclude(delivery(), busy(7_000), context()).effect).toEqual({ kind: 'busy', untilMs: 107_000 })
  expect(conclude(delivery(), busy(0), context()).effect).toEqual({ kind: 'busy', untilMs: 100_500 })
  expect(conclude(delivery(), busy(86_400_000), context()).effect).toEqual({ kind: 'busy', untilMs: 700_000 })
  expect(conclude(delivery(), busy(), context()).effect).toEqual({ kind: 'busy', untilMs: undefined })
})

test('a wrong credential suspends the destination; after two good probes the same delivery dies of it', () => {
  expect(conclude(delivery(), unauthorized, context()).settlement).toMatchObject({ to: 'queued', spent: false })
  expect(conclude(delivery({ suspensions: 1 }), unauthorized, context()).settlement.to).toBe('queued')
  expect(conclude(delivery({ suspensions: 2 }), unauthorized, context()).settlement.to).toBe('dead')
})

test('an identity collision never kills: the queue waits for the operator', () => {
  expect(conclude(delivery({ suspensions: 50 }), collision, context()).settlement.to).toBe('queued')
})

test('an action waits for its alert: some tries where it is unknown, as long as it takes where it is on its way', () => {
  const to = (alert: 'unknown' | 'expected' | 'lost again', notFoundSoFar: number) =>
    conclude(delivery({ notFound: notFoundSoFar }), notFound(alert), context()).settlement.to
  expect([0, 1, 2, 3].map((n) => to('unknown', n))).toEqual(['queued', 'queued', 'queued', 'suppressed'])
  expect([0, 1].map((n) => to('lost again', n))).toEqual(['queued', 'dead'])
  expect([0, 3, 500].map((n) => to('expected', n))).toEqual(['queued', 'queued', 'queued'])
})

test('an action that waits for its alert says nothing bad about the destination, and asks ever more seldom', () => {
  const { settlement, effect } = conclude(delivery({}, { attempt: 5 }), notFound('expected'), context())
  expect(settlement).toMatchObject({ to: 'queued', notBefore: 116_000, progress: { notFound: 0 } })
  expect(effect).toEqual({ kind: 'success' })
})

test('the head that probes a suspended destination is never buried', () => {
  const refusedHead: Outcome = { kind: 'dead', status: 400, note: 'no', cause: 'rejected' }
  expect(conclude(delivery(), refusedHead, context({ head: true }))).toMatchObject({
    settlement: { to: 'queued', spent: false },
    effect: { kind: 'suspend', probe: 'head' },
  })
})

test('an attempt that the stopping relay cuts off says nothing about its destination', () => {
  const { settlement, effect } = conclude(delivery(), unknown, context({ cutOff: true }))
  expect(settlement).toMatchObject({ to: 'queued', spent: false, progress: { unknowns: 1 } })
  expect(effect).toEqual({ kind: 'none' })
})
