import type { Counters } from '../base/counters.js'
import type { Meter } from '../base/meter.js'
import { createWakeup } from '../base/wakeup.js'
import type { Delivery, Settlement, Try } from '../model/delivery.js'
import type { Outcome } from '../model/outcome.js'
import { type Claim, type Store, StoreUnavailable } from '../store/contract.js'
import type { Attempt } from './attempt.js'
import { type Context, conclude, isStale, snoozed, superseded, wantsProof, wasWellSince } from './conclude.js'
import { createHealth, type HealthDeps, type HealthState } from './health.js'
import { persist } from './persist.js'
import { createReport } from './report.js'
import { startWatch } from './stopwatch.js'

/** The harmless request that shows whether a destination is well; undefined where none is known (kind http). */
export type Prober = ((signal: AbortSignal) => Promise<{ kind: 'well' } | { kind: 'ill'; why: string }>) | undefined

export interface DispatcherDeps extends Omit<HealthDeps, 'canProbe' | 'saveGate' | 'saveBreaker'> {
  readonly store: Store
  readonly attempt: Attempt
  readonly probe: Prober
  readonly poisonAfterMs: number
  /** how long the event loop has been idle since the start, ms */
  readonly idleMs: () => number
  readonly counters: Counters
  readonly meter: Meter
}

export type DispatcherState = HealthState & { readonly inFlight: number }

/** Works one destination: claims ready lane heads up to its concurrency, tries them, settles them. */
export interface Dispatcher {
  start(): void
  /** Something was queued. */
  wake(): void
  /**
   * Stops claiming; attempts may end until `deadline` (epoch ms), then they are cut off and snoozed. Resolves when how
   * they ended is written: a claim that is left open would stop its lane until the relay starts again.
   */
  stop(deadline: number): Promise<void>
  /** The relay ends: what the store cannot write now is left to the next start. */
  giveUp(): void
  state(): DispatcherState
  /** Nothing goes there any more but what is under way; `until` (epoch ms) undefined: until it is released. */
  hold(why: string, until: number | undefined): void
  /** Ends a hold or a suspension; false where there is none. */
  release(): boolean
  /** Tries at once what waits for its next try, whatever the breaker says; a closed gate stays closed. */
  retryNow(): Promise<void>
}

/** A store that cannot write is asked again so often. */
const STORE_AGAIN_MS = 1_000

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { destination, store, clock, log, counters, meter } = deps
  const wakeup = createWakeup()
  const stopping = new AbortController()
  const cutOff = new AbortController()
  const givingUp = new AbortController()
  const report = createReport(deps)
  const durable = { clock, log, stopping: givingUp.signal }
  const running = new Set<Promise<void>>()
  /** State changes wait here for the loop, which writes them in order. */
  const saving: (() => Promise<void>)[] = []
  let loop: Promise<void> = Promise.resolve()
  /** Nothing may be claimed: what comes into the queue changes nothing, and many messages a second come. */
  let full = false

  const save = (write: () => Promise<void>): void => {
    saving.push(write)
    wakeup.wake()
  }
  const health = createHealth({
    ...deps,
    canProbe: deps.probe !== undefined,
    saveGate: (gate) => save(() => store.saveGate(destination, gate, clock.now())),
    saveBreaker: (breaker) => save(() => store.saveBreaker(destination, breaker)),
  })

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const armed = wakeup.armed()
      await saveAll()
      const at = await step()
      // also where that is now: reading through a long queue must leave the event loop to others in between
      await clock.until(at ?? Number.POSITIVE_INFINITY, armed)
    }
  }

  async function saveAll(): Promise<void> {
    for (let write = saving.shift(); write !== undefined; write = saving.shift()) await persist(write, durable)
  }

  /** Starts what may start now; returns when to look again (epoch ms), undefined: when woken. */
  async function step(): Promise<number | undefined> {
    const now = clock.now()
    const allowance = health.allowance(now, running.size)
    full = allowance.kind === 'wait'
    if (allowance.kind === 'wait') return allowance.until
    if (allowance.kind === 'probe') return inBackground(probe())
    let claim: Claim
    try {
      claim = await store.claim(destination, allowance.slots, now)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      return now + STORE_AGAIN_MS
    }
    for (const delivery of claim.deliveries) inBackground(work(delivery, allowance.head))
    return claim.deliveries.length === allowance.slots ? undefined : claim.nextAt
  }

  function inBackground(work: Promise<void>): undefined {
    const tracked = work.then(() => {
      running.delete(tracked)
      wakeup.wake()
    })
    running.add(tracked)
  }

  async function probe(): Promise<void> {
    const result = await deps.probe?.(cutOff.signal)
    if (result !== undefined && !cutOff.signal.aborted) health.probed(result)
  }

  /** `head`: the destination is suspended and this delivery is its probe. */
  async function work(delivery: Delivery, head: boolean): Promise<void> {
    if (isStale(delivery, clock.now())) return settle(delivery, superseded('older than its own timeout'))
    const begun = deps.concurrency.begun(running.size + 1)
    const passed = startWatch(clock, deps.idleMs)
    let took = passed()
    const attempt = async () => {
      const outcome = await deps.attempt(delivery, cutOff.signal)
      took = passed()
      await prove(delivery, outcome, head)
      return outcome
    }
    const wasWell = () => wasWellSince(delivery, health.state().lastWellAt)
    const suspect = delivery.progress.faults > 0 ? { lane: delivery.lane, wasWell } : undefined
    const outcome = await health.breaker.run(attempt, suspect)
    if (outcome === undefined) {
      deps.concurrency.ended(begun)
      return settle(delivery, snoozed(delivery, 'the breaker opened'))
    }
    const ms = Math.round(took.most)
    const { settlement, effect } = conclude(delivery, outcome, context(head))
    health.apply(effect, outcome, { head, begun, took: delivery.progress.unknowns > 0 ? undefined : took })
    const { kind, status, note } = outcome
    await settle(delivery, settlement, { outcome: kind, status, note: note === '' ? null : note, ms })
    report(delivery, outcome, settlement, ms)
  }

  const context = (head: boolean): Context => ({
    now: clock.now(),
    backoff: deps.backoff,
    lastWellAt: health.state().lastWellAt,
    poisonAfterMs: deps.poisonAfterMs,
    head,
    cutOff: cutOff.signal.aborted,
  })

  /** Asks the destination by a harmless request, where that tells whose fault it is. */
  async function prove(delivery: Delivery, outcome: Outcome, head: boolean): Promise<void> {
    if (!wantsProof(delivery, outcome, context(head))) return
    const result = await deps.probe?.(cutOff.signal)
    if (result?.kind === 'well') health.well()
  }

  async function settle(delivery: Delivery, settlement: Settlement, attempt?: Try): Promise<void> {
    const written = await persist(() => store.settle(delivery, settlement, clock.now(), attempt), durable)
    if (written === false) log.warn({ destination, message: delivery.message.messageId }, 'claim was lost')
    if (written !== true || settlement.to === 'queued') return
    counters.add(settlement.to, destination)
    meter.settled(destination, clock.now() - delivery.message.acceptedAt)
  }

  return {
    start() {
      loop = run()
    },
    wake() {
      if (!full) wakeup.wake()
    },
    async stop(deadline) {
      stopping.abort()
      wakeup.wake()
      await loop
      const over = new AbortController()
      await Promise.race([Promise.all(running), clock.until(deadline, over.signal)])
      over.abort()
      cutOff.abort()
      await Promise.all(running)
      await saveAll()
      health.breaker.stop()
    },
    giveUp: () => givingUp.abort(),
    state: () => ({ ...health.state(), inFlight: running.size }),
    hold: health.hold,
    release: health.release,
    async retryNow() {
      await store.hurry(destination)
      health.hurry()
      wakeup.wake()
    },
  }
}
