import type { Activity } from '../base/activity.js'
import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Disk } from '../base/disk.js'
import { createRates } from '../base/rates.js'
import { acceptedBy, type Senders } from '../base/senders.js'
import type { Config } from '../config/schema.js'
import type { ClockGuard } from '../delivery/clock-guard.js'
import type { Upkeep } from '../delivery/upkeep.js'
import { bodyOf } from '../ledger/resend.js'
import type { FeedDeps } from '../management/operator/activity-feed.js'
import type { ExplainDeps, Rehearse } from '../management/operator/explain.js'
import type { ScreensDeps } from '../management/operator/screens.js'
import { flowOf } from '../management/overview.js'
import type { Readiness } from '../management/readiness.js'
import type { Routing } from '../routing/routing.js'
import type { Store } from '../store/contract.js'

export interface ScreensParts {
  readonly store: Store
  readonly routing: Routing
  readonly activity: Activity
  readonly senders: Senders
  readonly counters: Counters
  readonly disk: Disk
  readonly upkeep: Upkeep
  readonly guard: ClockGuard
  readonly readiness: Readiness
  readonly version: string
  readonly clock: Clock
  /** what answers requests now */
  readonly front: { readonly rehearse: Rehearse; config(): Config }
}

export interface Screens {
  readonly deps: Omit<ScreensDeps & ExplainDeps & FeedDeps, 'controls' | 'store'>
  /** what runs for them by itself, by name */
  readonly loops: Readonly<Record<'flow' | 'sending', ScreensDeps['flow'] & { start(): void; stop(): Promise<void> }>>
}

/** What operators look at. */
export function createScreens(parts: ScreensParts): Screens {
  const { store, routing, activity, senders, counters, disk, upkeep, guard, readiness, version, clock, front } = parts
  const flow = createRates(() => flowOf(counters.snapshot()), clock)
  const sending = createRates(() => acceptedBy(senders), clock)
  return {
    deps: {
      ...{ flow, sending, senders, activity, version, clock, bodyOf },
      ...{ startedAt: clock.now(), freeBytes: disk.free, room: upkeep.room },
      clockTrusted: () => !guard.guarding(),
      writable: readiness.writable,
      ...{ foresee: store.foresee, alerts: store.alerts, routes: routing.routes },
      rehearse: front.rehearse,
      destinations: () => front.config().destinations,
    },
    loops: { flow, sending },
  }
}
