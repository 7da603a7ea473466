import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createBackoff } from '../../src/delivery/backoff.js'
import type { Effect } from '../../src/delivery/conclude.js'
import { createConcurrency } from '../../src/delivery/concurrency.js'
import { createHealth, type Health } from '../../src/delivery/health.js'
import { CLOSED, type Gate } from '../../src/model/gate.js'
import type { Outcome } from '../../src/model/outcome.js'

const redirect: Effect = { kind: 'suspend', why: '302', hint: 'login', probe: 'request' }
const died: Effect = { kind: 'died', reason: '302', scoped: false }
const outcome: Outcome = { kind: 'unknown', status: null, note: 'no answer' }
const refused: Outcome = { kind: 'retry', fault: 'destination', status: 502, note: 'status 502' }
const asHead = { head: true, startedAt: 0 }
const asAny = { head: false, startedAt: 0 }

let health: Health
let saved: Gate[]
const concurrency = createConcurrency({ start: 8, max: 8 })
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  saved = []
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
const allowance = () => health.allowance(Date.now(), 0)

test('a peer whose GET is well and whose POST is redirected does not get its queue buried behind good probes', () => {
  for (let deaths = 0; deaths < 20; deaths += 1) {
    health.apply(redirect, outcome, asAny)
    vi.advanceTimersByTime(120_000)
    expect(allowance().kind, `after ${deaths} deaths`).toBe('probe')
    health.probed({ kind: 'well' })
    health.apply(died, outcome, asAny)
  }
  vi.advanceTimersByTime(120_000)
  expect(allowance()).toEqual({ kind: 'claim', slots: 1, head: true })
  health.apply(redirect, outcome, asHead)
  vi.advanceTimersByTime(120_000)
  expect(allowance(), 'its own redirect does not turn it back to harmless requests').toMatchObject({ head: true })
})

test('attempts that were under way together are one reason to wait, and one halving', () => {
  const startedAt = Date.now()
  for (let i = 0; i < 8; i += 1) health.apply(redirect, outcome, { head: false, startedAt })
  expect(allowance()).toEqual({ kind: 'wait', until: 1_001_000 })
  for (let i = 0; i < 8; i += 1) health.apply({ kind: 'fault' }, outcome, { head: false, startedAt: startedAt - 1 })
  expect(health.state().concurrency).toBe(4)
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
  health.apply({ kind: 'success' }, outcome, asAny)
  expect(allowance()).toEqual({ kind: 'wait', until: undefined })
  expect(saved).toEqual([])
})
