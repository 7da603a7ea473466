import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Config } from '../config/schema.js'
import { SELF_EVENTS, type SelfEvent } from '../model/self-event.js'
import type { AlertReads } from '../store/alert-reads.js'
import { createRounds } from './rounds.js'
import { resourceOf, SELF_TYPE, selfAlert, selfAlertRules, type Told } from './self-alert.js'
import type { Trouble } from './trouble.js'

/** What became of an alert that was posted (ingress/post-own.ts); `later`: nothing was stored. */
type Posted = { readonly kind: 'taken' | 'later' } | { readonly kind: 'refused'; readonly why: string }

export interface SelfWatchDeps {
  readonly config: Pick<Config, 'self_alerts' | 'alerts' | 'base_url'>
  /** everything that is wrong now */
  readonly look: () => Promise<readonly Trouble[]>
  /** posts an alert of the relay's own; `notTo`: it goes to all others */
  readonly post: (alert: Readonly<Record<string, unknown>>, notTo?: string) => Promise<Posted>
  readonly alerts: Pick<AlertReads, 'page'>
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
}

/** Raises and clears alerts about the relay's own troubles, through its own routing. */
export interface SelfWatch {
  start(): void
  stop(): Promise<void>
}

const EVERY_MS = 5_000
/** What is over sooner is no trouble, and what comes back sooner was not over. */
const STEADY_MS = 60_000
/** Between two raises about one destination; what is over is told at once, and what is worse. */
const APART_MS = 600_000
/** Of those that an earlier run left open: events times destinations, and there are not so many. */
const MOST_OPEN = 1_000

type Level = Trouble['level'] | 'well'

interface Watched extends Told {
  /** the destination, or the credential; undefined: the relay itself, or a run before this one told it */
  about: string | undefined
  /** how it stands, and since when (monotonic ms) */
  level: Level
  since: number
  /** the newest, while there is one */
  trouble: Trouble | undefined
  /** what the last alert said */
  told: Level
}

export function createSelfWatch(deps: SelfWatchDeps): SelfWatch {
  const { config, alerts, clock, log, counters } = deps
  const rules = selfAlertRules(config)
  const watched = new Map<string, Watched>()
  /** the last raise by resource, at monotonic ms */
  const raised = new Map<string, { readonly at: number; readonly level: Level }>()
  let remembered = false
  const rounds = createRounds({
    everyMs: EVERY_MS,
    clock,
    round,
    // a trouble that lasts is seen in the next round
    postponed: (error) => log.error({ error: error.message }, 'self watch postponed'),
  })

  function watch(told: Told, about: string | undefined): Watched {
    const key = `${told.event} ${told.resource}`
    const known = watched.get(key)
    if (known !== undefined) return known
    const one: Watched = { ...told, about, level: 'well', since: clock.monotonic(), trouble: undefined, told: 'well' }
    watched.set(key, one)
    return one
  }

  /** What an earlier run left open is in the ledger: it is ended when the trouble is over. */
  async function remember(): Promise<void> {
    const open = await alerts.page({
      where: { kind: 'text', field: 'type', test: { how: 'is', value: SELF_TYPE } },
      customers: [],
      sort: [],
      offset: 0,
      limit: MOST_OPEN,
      rawData: false,
      history: false,
    })
    for (const { state } of open) {
      const { event, resource, severity } = state
      const isOurs = resource === rules.relay || resource.startsWith(`${rules.relay}/`)
      if (!isOurs || !isSelfEvent(event) || severity === rules.normalSeverity || state.status === 'closed') continue
      const about = resource === rules.relay ? undefined : resource.slice(rules.relay.length + 1)
      watch({ event, resource }, about).told = severity === rules.severities.severe ? 'severe' : 'warning'
    }
    remembered = true
  }

  async function round(): Promise<void> {
    if (!config.self_alerts.enabled) return
    if (!remembered) await remember()
    const now = clock.monotonic()
    const seen = new Map<Watched, Trouble>()
    for (const trouble of await deps.look()) {
      const { event, about } = trouble
      seen.set(watch({ event, resource: resourceOf(about, rules) }, about), trouble)
    }
    for (const [key, one] of watched) {
      one.trouble = seen.get(one)
      const level = one.trouble?.level ?? 'well'
      if (level !== one.level) {
        one.level = level
        one.since = now
      }
      if (now - one.since < STEADY_MS) continue
      if (one.level !== one.told) await tell(one, now)
      else if (one.level === 'well') watched.delete(key)
    }
  }

  async function tell(one: Watched, now: number): Promise<void> {
    const { event, resource, about, level, trouble } = one
    const last = raised.get(resource)
    const isWorse = level === 'severe' && last?.level !== 'severe'
    if (level !== 'well' && last !== undefined && now - last.at < APART_MS && !isWorse) return
    const alert = selfAlert(one, trouble, rules)
    const posted = await post(alert, about)
    if (posted.kind === 'later') return
    one.told = level
    if (level !== 'well') raised.set(resource, { at: now, level })
    counters.add('self alert', event)
    const { severity } = alert
    const facts = { event, resource, severity, value: trouble?.value }
    if (posted.kind === 'refused') log.warn({ ...facts, why: posted.why }, 'self alert refused')
    // it is in the log too: where the destination in trouble is the only one, its alert waits for it
    else if (level === 'well') log.info(facts, 'self alert cleared')
    else log.warn({ ...facts, text: trouble?.text }, 'self alert raised')
  }

  /** A destination whose queue is full must not keep the alert about it from the others. */
  async function post(alert: Readonly<Record<string, unknown>>, about: string | undefined): Promise<Posted> {
    const posted = await deps.post(alert)
    return posted.kind === 'later' && about !== undefined ? deps.post(alert, about) : posted
  }

  return { start: rounds.start, stop: rounds.stop }
}

const isSelfEvent = (event: string): event is SelfEvent => (SELF_EVENTS as readonly string[]).includes(event)
