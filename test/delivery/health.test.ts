import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createBackoff } from '../../src/delivery/backoff.js'
import type { Effect } from '../../src/delivery/conclude.js'
import { type Concurrency, createConcurrency } from '../../src/delivery/concurrency.js'
import { createHealth, type Health, type Tried } from '../../src/delivery/health.js'
import { CLOSED, type Gate } from '../../src/model/gate.js'
import type { Outcome } from '../../src/model/outcome.js'

const redirect: Effect = { kind: 'suspend', why: '302', hint: 'login', probe: 'request' }
const died: Effect = { kind: 'died', reason: '302', scoped: false }
const outcome: Outcome = { kind: 'unknown', status: null, note: 'no answer' }
const refused: Outcome = { kind: 'retry', fault: 'destination', status: 502, note: 'status 502' }
const busy: Outcome = { kind: 'retry', fault: 'busy', status: 503, note: 'try later' }

let health: Health
let saved: Gate[]
let concurrency: Concurrency
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  saved = []
  concurrency = createConcurrency({ min: 1, start: 4, max: 8 }, systemClock)
  health = create({ state: 'flowing' })
})
afterEach(() => {
  health.breaker.stop()
  vi.useRealTimers()
})

function create(gate: Gate, canProbe = true): Health {
  return createHealth({
    destination: 'mom1',
    canProbe,
    backoff: createBackoff(1_000, 60_000, () => 1),
    concurrency,
    breakerWindowMs: 5_000,
    restored: { gate, breaker: CLOSED },
    saveGate: (one) => void saved.push(one),
    saveBreaker: () => {},
    clock: systemClock,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })
}
const tried = (head = false, took: Tried['took'] = undefined): Tried => ({ head, begun: concurrency.begun(8), took })
const allowance = () => health.allowance(Date.now(), 0)

test('a peer whose GET is well and whose POST is redirected does not get its queue buried behind good probes', () => {
  for (let deaths = 0; deaths < 20; deaths += 1) {
    health.apply(redirect, outcome, tried())
    vi.advanceTimersByTime(120_000)
    expect(allowance().kind, `after ${deaths} deaths`).toBe('probe')
    health.probed({ kind: 'well' })
    health.apply(died, outcome, tried())
  }
  vi.advanceTimersByTime(120_000)
  expect(allowance()).toEqual({ kind: 'claim', slots: 1, head: true })
  health.apply(redirect, outcome, tried(true))
  vi.advanceTimersByTime(120_000)
  expect(allowance(), 'its own redirect does not turn it back to harmless requests').toMatchObject({ head: true })
})

test('attempts that were under way together are one reason to wait', () => {
  for (let i = 0; i < 8; i += 1) health.apply(redirect, outcome, tried())
  expect(allowance()).toEqual({ kind: 'wait', until: 1_001_000 })
})

const gateway: Outcome = { kind: 'retry', fault: 'destination', status: 504, note: 'status 504' }
test.each([
  ['timeouts', { kind: 'fault' } as const, outcome, 'no answer'],
  ["a proxy's word that nothing answered", { kind: 'fault' } as const, gateway, 'status 504'],
  ['words of overload', { kind: 'busy', untilMs: undefined } as const, busy, 'answered 503: try later'],
])('%s of attempts that were under way together halve the concurrency once', (_, effect, told, why) => {
  const together = Array.from({ length: 4 }, () => tried())
  for (const one of together) health.apply(effect, told, one)
  expect(health.state()).toMatchObject({ concurrency: 2, slowed: { at: Date.now(), why } })
  health.apply(effect, told, tried())
  expect(health.state().concurrency, 'a later one tells something new').toBe(1)
  health.apply({ kind: 'fault' }, refused, tried())
  expect(health.state().slowed?.why, 'a refused connection tells nothing of how much is too much').toBe(why)
})

const grown = (limit: number): void => {
  while (concurrency.limit() < limit) health.apply({ kind: 'success' }, outcome, tried(false, { least: 20, most: 20 }))
}
test('a destination that was away, or held, begins again with its start, and grows again', async () => {
  grown(8)
  for (let i = 0; i < 5; i += 1) await health.breaker.run(async () => refused)
  allowance()
  expect(health.state()).toMatchObject({ concurrency: 4, slowed: { why: 'it was away' } })
  vi.advanceTimersByTime(5_000)
  await health.breaker.run(async () => ({ kind: 'delivered', status: 201, note: '' }))
  expect(allowance()).toEqual({ kind: 'claim', slots: 4, head: false })
  grown(8)
  health.hold('works on the line', undefined)
  allowance()
  health.release()
  expect(allowance()).toEqual({ kind: 'claim', slots: 4, head: false })
  grown(8)
})

test('a suspended destination whose breaker is open is not asked in a hot loop', async () => {
  health = create({ state: 'suspended', why: '', hint: '', since: 0, probe: 'head', probeAt: 0, probes: 0 })
  for (let i = 0; i < 5; i += 1) await health.breaker.run(async () => refused)
  expect(health.breaker.state()).toBe('open')
  expect(allowance()).toEqual({ kind: 'wait', until: undefined })
})

test('a probe that a clock far ahead has put off for a month is made now', () => {
  const probeAt = Date.now() + 30 * 86_400_000
  health = create({ state: 'suspended', why: '', hint: '', since: 0, probe: 'request', probeAt, probes: 0 })
  expect(allowance().kind).toBe('probe')
})

test('a held destination gets nothing, whatever its answers say', () => {
  health = create({ state: 'held', why: 'works on the line', since: 0 })
  health.apply({ kind: 'success' }, outcome, tried())
  expect(allowance()).toEqual({ kind: 'wait', until: undefined })
  expect(saved).toEqual([])
})
