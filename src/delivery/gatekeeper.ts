import { type Clock, iso } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { type Gate, isAhead, LONGEST_HOLD_MS } from '../model/gate.js'
import type { Probe } from '../model/outcome.js'
import type { Backoff } from './backoff.js'

/** Opens and closes one destination's gate, in memory at once and in the store as soon as it can. */
export interface Gatekeeper {
  gate(): Gate
  /** Closes the gate; where it is closed already the next probe moves away. */
  suspend(why: string, hint: string, probe: Probe): void
  /** The probe of a suspended destination failed. */
  stillIll(): void
  /** A suspended destination is well again. */
  resume(): void
  /** An operator stops it; `until` (epoch ms) undefined: until it is released. */
  hold(why: string, until: number | undefined): void
  /** An operator lets it go, from a hold or a suspension; false where it flows. */
  release(): boolean
  /** Opens the gate where a hold was for a time that is over. */
  holdEnds(now: number): void
}

export interface GatekeeperDeps {
  readonly destination: string
  readonly restored: Gate
  readonly clock: Clock
  readonly backoff: Backoff
  readonly log: Log
  readonly save: (gate: Gate) => void
}

export function createGatekeeper({ destination, restored, clock, backoff, log, save }: GatekeeperDeps): Gatekeeper {
  let gate = restored

  function set(next: Gate): void {
    gate = next
    save(next)
  }

  function postpone(suspended: Extract<Gate, { state: 'suspended' }>, probe: Probe): void {
    const probes = suspended.probes + 1
    set({ ...suspended, probe, probes, probeAt: clock.now() + backoff.wait(probes + 1) })
  }

  return {
    gate: () => gate,
    suspend(why, hint, probe) {
      // what it was suspended for stays to be read; the newest failure is told beside it
      if (gate.state === 'suspended') return postpone(gate, probe)
      if (gate.state === 'held') return
      const since = clock.now()
      set({ state: 'suspended', why, hint, since, probe, probeAt: since + backoff.wait(1), probes: 0 })
      log.warn({ destination, why, hint }, 'destination suspended')
    },
    stillIll() {
      if (gate.state === 'suspended') postpone(gate, gate.probe)
    },
    resume() {
      if (gate.state !== 'suspended') return
      log.warn({ destination, suspendedMs: clock.now() - gate.since, probes: gate.probes + 1 }, 'destination resumed')
      set({ state: 'flowing' })
    },
    hold(why, until) {
      set({ state: 'held', why, since: heldSince() ?? clock.now(), ...(until === undefined ? {} : { until }) })
      log.warn({ destination, why, until: until === undefined ? undefined : iso(until) }, 'destination held')
    },
    release,
    holdEnds(now) {
      if (gate.state === 'held' && gate.until !== undefined && !isAhead(gate.until, now, LONGEST_HOLD_MS)) release()
    },
  }

  function release(): boolean {
    if (gate.state === 'flowing') return false
    log.warn({ destination, was: gate.state, why: gate.why }, 'destination released')
    set({ state: 'flowing' })
    return true
  }

  /** What was held already goes on being held. */
  function heldSince(): number | undefined {
    return gate.state === 'held' ? gate.since : undefined
  }
}
