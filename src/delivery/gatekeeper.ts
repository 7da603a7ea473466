import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Gate } from '../model/gate.js'
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
  }
}
