import { type Clock, iso } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { unreachable } from '../base/unreachable.js'
import { type BreakerState, type Gate, isAhead } from '../model/gate.js'
import { inWords, type Outcome } from '../model/outcome.js'
import type { Took } from './answer-time.js'
import type { Backoff } from './backoff.js'
import { type Breaker, createBreaker } from './breaker.js'
import { createBurying } from './burying.js'
import type { Effect } from './conclude.js'
import type { Begun, Concurrency, ConcurrencyState } from './concurrency.js'
import { createGatekeeper } from './gatekeeper.js'
import { createPace } from './pace.js'

/** What may start now at a destination. */
export type Allowance =
  | { readonly kind: 'claim'; readonly slots: number; readonly head: boolean }
  /** ask it by a harmless request */
  | { readonly kind: 'probe' }
  /** epoch ms to look again; undefined: when woken */
  | { readonly kind: 'wait'; readonly until: number | undefined }

/** The attempt that an outcome came from. */
export interface Tried {
  /** the destination was suspended, and this delivery was its probe */
  readonly head: boolean
  /** as concurrency knows it */
  readonly begun: Begun
  /** undefined: after a try without an answer the destination may have been asked first whether the message had arrived */
  readonly took: Took | undefined
}

export interface HealthState extends ConcurrencyState {
  readonly gate: Gate
  readonly breaker: 'closed' | 'half-open' | 'open'
  /** epoch ms; 0: not open */
  readonly breakerOpenUntil: number
  /** epoch ms; in the past: not paused */
  readonly pausedUntil: number
  /** epoch ms of the last success; 0: none since the start */
  readonly lastWellAt: number
  readonly lastFailure: { readonly at: number; readonly note: string } | undefined
}

/** What a destination's answers have told about it: gate, breaker, pace, concurrency, deaths. */
export interface Health {
  readonly breaker: Breaker
  allowance(now: number, inFlight: number): Allowance
  apply(effect: Effect, outcome: Outcome, tried: Tried): void
  probed(result: { kind: 'well' } | { kind: 'ill'; why: string }): void
  /** A harmless request went well although deliveries fail. */
  well(): void
  /** An operator stops it; `until` (epoch ms) undefined: until it is released. */
  hold(why: string, until: number | undefined): void
  /** An operator lets it go; false where it flows. */
  release(): boolean
  /** An operator wants the next try now: breaker and pause are forgotten. */
  hurry(): void
  state(): HealthState
}

export interface HealthDeps {
  readonly destination: string
  /** whether a harmless request is known */
  readonly canProbe: boolean
  readonly backoff: Backoff
  readonly concurrency: Concurrency
  readonly breakerWindowMs: number
  readonly restored: { readonly gate: Gate; readonly breaker: BreakerState }
  readonly saveGate: (gate: Gate) => void
  readonly saveBreaker: (breaker: BreakerState) => void
  readonly clock: Clock
  readonly log: Log
}

const BURIED_HINT = 'the dead letters show the common reason; what is queued is kept until a delivery gets through'

export function createHealth(deps: HealthDeps): Health {
  const { destination, clock, log, backoff, concurrency } = deps
  const burying = createBurying()
  const pace = createPace(backoff)
  const gatekeeper = createGatekeeper({
    destination,
    restored: deps.restored.gate,
    clock,
    backoff,
    log,
    save: deps.saveGate,
  })
  const breaker = createBreaker({
    name: destination,
    clock,
    backoff,
    windowMs: deps.breakerWindowMs,
    restored: deps.restored.breaker,
    onChange(state) {
      const nextProbe = breaker.state() === 'open' ? iso(state.openUntil) : undefined
      const facts = { destination, breaker: breaker.state(), nextProbe, streak: state.streak }
      // from open to half-open and back, as long as it is away: only the beginning and the end are news
      if (state.streak > 1 || breaker.state() === 'half-open') log.debug(facts, 'breaker changed')
      else log.warn(facts, 'breaker changed')
      deps.saveBreaker(state)
    },
  })
  const reported = new Set<string>()
  let lastWellAt = 0
  let lastFailure: HealthState['lastFailure']

  function well(): void {
    lastWellAt = clock.now()
  }

  function died(effect: Extract<Effect, { kind: 'died' }>): void {
    if (effect.scoped && !reported.has(effect.reason)) {
      reported.add(effect.reason)
      log.warn({ destination, reason: effect.reason }, 'credential lacks a scope')
    }
    const why = burying.died(effect.reason, effect.scoped)
    if (why === undefined) return
    burying.reset()
    gatekeeper.suspend(why, BURIED_HINT, 'head')
  }

  /** What the end of an attempt says about how many the destination can take. */
  function measure(effect: Effect, outcome: Outcome, { begun, took }: Tried): void {
    if (effect.kind === 'busy' || (effect.kind === 'fault' && isOverload(outcome))) {
      concurrency.overloaded(begun, inWords(outcome))
    } else if (effect.kind === 'success' && took !== undefined) concurrency.answered(begun, took)
    else concurrency.ended(begun)
  }

  /** How long the gate is shut; undefined: open. */
  function shut(now: number, inFlight: number): Allowance | undefined {
    gatekeeper.holdEnds(now)
    const gate = gatekeeper.gate()
    if (gate.state === 'flowing') return undefined
    if (gate.state === 'held') return wait(gate.until)
    if (inFlight > 0) return wait()
    if (isAhead(gate.probeAt, now, backoff.longestMs)) return wait(gate.probeAt)
    if (gate.probe === 'request' && deps.canProbe) return { kind: 'probe' }
    // the head is an attempt like any other: the breaker has its say
    return breaker.state() === 'open' ? wait() : { kind: 'claim', slots: 1, head: true }
  }

  return {
    breaker,
    allowance(now, inFlight) {
      const shutFor = shut(now, inFlight)
      // one that has just come up again is not to be met with all that waits
      if (shutFor !== undefined || breaker.state() !== 'closed') concurrency.away()
      if (shutFor !== undefined) return shutFor
      if (breaker.state() === 'open') return wait() // woken by its half-open
      if (isAhead(pace.pausedUntil(), now, backoff.longestMs)) return wait(pace.pausedUntil())
      const slots = (breaker.state() === 'half-open' ? 1 : concurrency.limit()) - inFlight
      return slots > 0 ? { kind: 'claim', slots, head: false } : wait()
    },
    apply(effect, outcome, tried) {
      const { head } = tried
      const now = clock.now()
      measure(effect, outcome, tried)
      if (effect.kind !== 'success' && effect.kind !== 'none') lastFailure = { at: now, note: inWords(outcome) }
      switch (effect.kind) {
        case 'none':
          return
        case 'success':
          well()
          pace.success()
          burying.delivered()
          if (head) gatekeeper.resume()
          return
        case 'fault':
          if (head) gatekeeper.stillIll()
          return
        case 'busy':
          pace.busy(now, effect.untilMs)
          if (head) gatekeeper.stillIll()
          return
        case 'suspend':
          // attempts that were under way together tell the same: only the head is a probe
          if (head || gatekeeper.gate().state !== 'suspended') {
            // a head that is refused shows more than a harmless request that is not
            gatekeeper.suspend(effect.why, effect.hint, head ? 'head' : effect.probe)
          }
          return
        case 'died':
          return died(effect)
        default:
          return unreachable(effect)
      }
    },
    probed(result) {
      if (result.kind === 'ill') {
        lastFailure = { at: clock.now(), note: `probe: ${result.why}` }
        return gatekeeper.stillIll()
      }
      well()
      gatekeeper.resume()
    },
    well,
    hold: gatekeeper.hold,
    release: gatekeeper.release,
    hurry() {
      breaker.close()
      pace.forget()
    },
    state: () => ({
      gate: gatekeeper.gate(),
      breaker: breaker.state(),
      breakerOpenUntil: breaker.openUntil(),
      pausedUntil: pace.pausedUntil(),
      ...concurrency.state(),
      lastWellAt,
      lastFailure,
    }),
  }
}

/** No answer in time, or a proxy's word that the server behind it gave none. */
const isOverload = ({ kind, status }: Outcome): boolean => kind === 'unknown' || status === 502 || status === 504

const wait = (until?: number): Allowance => ({ kind: 'wait', until })
