import type { Clock } from '../base/clock.js'
import type { ApiKey } from '../model/api-key.js'
import type { Store } from '../store/contract.js'
import type { ClockGuard } from './clock-guard.js'
import type { Dispatcher } from './dispatcher.js'
import {
  isNearEnd,
  KEY_WARNING_MS,
  ofClock,
  ofDead,
  ofDisk,
  ofKey,
  ofOverflow,
  ofQueue,
  ofWorker,
  type Trouble,
} from './trouble.js'
import type { Upkeep } from './upkeep.js'

export interface SelfLookDeps {
  readonly store: Pick<Store, 'status' | 'vitals' | 'resyncs'>
  readonly dispatchers: ReadonlyMap<string, Pick<Dispatcher, 'state'>>
  readonly upkeep: Pick<Upkeep, 'room'>
  readonly guard: Pick<ClockGuard, 'guarding'>
  /** credentials that end within so many ms, or have ended; none where they are not kept */
  readonly expiring?: ((withinMs: number) => readonly ApiKey[]) | undefined
  readonly maxAgeMs: number
  readonly clock: Pick<Clock, 'now'>
}

/** The credential of the relay's own alerts (ingress/post-own.ts): what becomes of them raises no others. */
const OWN = 'relay'

/** Everything that is wrong with a relay now. */
export function createSelfLook(deps: SelfLookDeps): () => Promise<readonly Trouble[]> {
  const { store, dispatchers, upkeep, guard, expiring, maxAgeMs, clock } = deps
  return async () => {
    const now = clock.now()
    const troubles: Trouble[] = []
    for (const [name, dispatcher] of dispatchers) troubles.push(...ofWorker(name, dispatcher.state(), now))
    for (const queue of await store.status()) {
      const { destination, dead } = queue
      troubles.push(...ofQueue(queue, { now, maxAgeMs }))
      if (dead > 0 && (await store.vitals.hasDeadOfOthers(destination, OWN))) troubles.push(ofDead(destination))
      if (store.resyncs.overflowedAt(destination) !== undefined) troubles.push(ofOverflow(destination))
    }
    if (upkeep.room() === 'disk low') troubles.push(ofDisk)
    if (guard.guarding()) troubles.push(ofClock)
    for (const key of expiring?.(KEY_WARNING_MS) ?? []) if (isNearEnd(key, now)) troubles.push(ofKey(key, now))
    return troubles
  }
}
