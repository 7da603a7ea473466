import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Config } from '../config/schema.js'
import type { Heartbeat, HeartbeatStatus } from '../model/heartbeat.js'
import type { Heartbeats } from '../store/heartbeats.js'
import { createClockGuard } from './clock-guard.js'
import { heartbeatAlert, heartbeatAlertRules, saying } from './heartbeat-alert.js'
import { createRounds } from './rounds.js'

/** What became of an alert that was posted (ingress/post-own.ts); `later`: nothing was stored. */
type Posted = { readonly kind: 'taken' | 'later' } | { readonly kind: 'refused'; readonly why: string }

export interface HeartbeatWatchDeps {
  readonly heartbeats: Pick<Heartbeats, 'turned' | 'tell' | 'told' | 'stale'>
  readonly config: Pick<Config, 'heartbeats' | 'alerts'>
  /** posts an alert of the relay's own */
  readonly post: (alert: Readonly<Record<string, unknown>>) => Promise<Posted>
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
}

/** Watches whether origins have fallen silent or slow, and posts an alert when that changes, once. */
export interface HeartbeatWatch {
  start(): void
  stop(): Promise<void>
  /** A heartbeat is deleted: ends the alert about it. False: that was not possible now. */
  clear(heartbeat: Heartbeat): Promise<boolean>
  /** One that is silent for more than four times its timeout. */
  stale(): Promise<Heartbeat | undefined>
}

const EVERY_MS = 5_000
/** Posted one after the other, each in a transaction of its own. */
const POSTED_AT_ONCE = 100

export function createHeartbeatWatch(deps: HeartbeatWatchDeps): HeartbeatWatch {
  const { heartbeats, config, clock, log, counters } = deps
  const rules = heartbeatAlertRules(config)
  const { alert: posts } = config.heartbeats
  const guard = createClockGuard(clock, undefined)
  /** Nobody could be heard before. */
  let listeningSince = clock.now()
  const rounds = createRounds({
    everyMs: EVERY_MS,
    clock,
    round,
    // whoever is silent still is in the next round
    postponed: (error) => log.error({ error: error.message }, 'heartbeat watch postponed'),
  })

  function listen(): void {
    if (guard.look() !== undefined) listeningSince = clock.now()
  }

  async function tell(heartbeat: Heartbeat, status: HeartbeatStatus, text?: string): Promise<boolean> {
    const said = saying(heartbeat, status, { now: clock.now(), maxLatencyMs: rules.maxLatencyMs })
    const { value } = said
    const posted = await deps.post({ ...heartbeatAlert(heartbeat, status, text ?? said.text, rules), value })
    if (posted.kind === 'later') return false
    const { origin } = heartbeat
    counters.add('heartbeats', status)
    if (posted.kind === 'refused') log.warn({ origin, status, why: posted.why }, 'heartbeat alert refused')
    else log.info({ origin, status }, 'heartbeat alert posted')
    return true
  }

  async function round(): Promise<void> {
    listen()
    if (!posts) return
    const rule = { now: clock.now(), maxLatencyMs: rules.maxLatencyMs }
    for (const { heartbeat, status } of await heartbeats.turned(rule, listeningSince, POSTED_AT_ONCE)) {
      if (rounds.stopped()) return
      // what has no room for this one may have room for others
      if (!(await tell(heartbeat, status))) continue
      // after a crash between the two it is told once more, which is a repeat
      await heartbeats.tell(heartbeat.id, status === 'ok' ? null : status)
    }
  }

  return {
    start() {
      listeningSince = clock.now()
      rounds.start()
    },
    stop: rounds.stop,
    async clear(heartbeat) {
      const told = posts ? await heartbeats.told(heartbeat.id) : null
      if (told === null || told === undefined) return true
      return tell(heartbeat, 'ok', 'Heartbeat deleted')
    },
    stale() {
      listen()
      return heartbeats.stale(clock.now(), listeningSince)
    },
  }
}
