import { unreachable } from '../base/unreachable.js'
import { ALERTA_SEVERITIES, actionCloses, alertCloses, type Severities, statusCloses } from '../model/alert.js'
import type { Decision, Facts, KnownAlert, Lanes, Mark, SkipReason, Verdict } from '../model/decision.js'
import type { Route } from '../model/destination.js'
import { findHop } from '../model/hops.js'
import { type Draft, isAboutAlert } from '../model/message.js'
import { alertLane, heartbeatLane, unknownIdLane, webhookLane } from '../model/order.js'
import { changeOf, isCopy } from './copies.js'
import { allows, takesAlerts } from './filter.js'
import { compileMatch, type Matcher } from './match.js'

type Compiled = Route & { readonly matches: Matcher; readonly takesAlerts: boolean }

/** The routing of one configuration: pure, called inside the append transaction (DESIGN §4, match is sticky). */
export function createDecide(
  routes: readonly Route[],
  severities: Severities = ALERTA_SEVERITIES,
): (draft: Draft, facts: Facts) => Decision {
  const compiled = routes.map((route) => ({
    ...route,
    matches: compileMatch(route.match),
    takesAlerts: takesAlerts(route.forward),
  }))
  return (draft, facts) => {
    if (!isTheirs(draft, facts.alert)) return { kind: 'not theirs' }
    if (facts.seen) return { kind: 'copy', by: 'message id' }
    const change = changeOf(draft)
    const last = facts.alert?.last
    if (change && last && !facts.news && isCopy(draft.kind, change, last)) return { kind: 'copy', by: 'content' }
    if (facts.alert?.gone && draft.kind !== 'alert') return { kind: 'gone' }
    const lanes = lanesOf(draft, facts.alert)
    const kept = keptBack(draft, facts)
    const verdicts = compiled.map((route) =>
      kept === undefined
        ? judge({ route, severities }, draft, facts.alert, lanes)
        : ({ destination: route.name, kind: 'skip', why: kept, mark: undefined } as const),
    )
    return { kind: 'accept', verdicts, lanes, change }
  }
}

/** An alert's customer was checked when it came in; other messages about it name only an id. */
function isTheirs(draft: Draft, known: KnownAlert | undefined): boolean {
  if (draft.customers.length === 0 || draft.kind === 'alert' || !isAboutAlert(draft)) return true
  return known?.key !== undefined && draft.customers.includes(known.key.customer ?? '')
}

function lanesOf(draft: Draft, known: KnownAlert | undefined): Lanes {
  if (draft.kind === 'heartbeat') return both(heartbeatLane(draft.origin, draft.customer))
  if (draft.kind === 'webhook') return both(webhookLane(draft.path))
  if (known?.key !== undefined) return known.lanes
  if (draft.kind !== 'alert') return both(unknownIdLane(draft.alertId))
  return { resource: alertLane(draft.alert, 'resource'), alert: alertLane(draft.alert, 'alert') }
}

/** Why it goes to nobody at all. Something newer has been relayed already: sending this would undo it; or a blackout. */
function keptBack(draft: Draft, { outdated }: Facts): SkipReason | undefined {
  if (outdated) return 'outdated'
  return draft.kind === 'alert' && draft.blackout ? 'blackout' : undefined
}

const both = (lane: Lanes['resource']): Lanes => ({ resource: lane, alert: lane })

function judge(
  { route, severities }: { readonly route: Compiled; readonly severities: Severities },
  draft: Draft,
  known: KnownAlert | undefined,
  lanes: Lanes,
): Verdict {
  const destination = route.name
  // The alert came from there or passed there: that server knows it, so later messages about it concern it too.
  const mark = newMark(draft, known, severities)
  if (findHop(draft.hops, route.identities)) return { destination, kind: 'skip', why: 'already passed', mark }
  if (draft.notTo === destination) return { destination, kind: 'skip', why: 'about itself', mark: undefined }
  if (!concerns(route, draft, known)) {
    const why = draft.kind === 'alert' ? 'match' : 'not sent there'
    return { destination, kind: 'skip', why, mark: undefined }
  }
  if (!allows(route.forward, draft)) return { destination, kind: 'skip', why: 'filter', mark: alertsOnly(draft, mark) }
  return { destination, kind: 'queue', lane: lanes[route.orderBy], mark }
}

/** Whether the alert of this message is one that the destination has or should have. */
function concerns(route: Compiled, draft: Draft, known: KnownAlert | undefined): boolean {
  const mark = known?.marks.get(route.name)
  switch (draft.kind) {
    case 'heartbeat':
    case 'webhook':
      return true
    case 'alert':
      return mark === 'open' || route.matches(draft.alert)
    case 'action':
    case 'delete':
    case 'status':
    case 'tag':
    case 'untag':
    case 'attributes':
    case 'note':
      if (known?.key === undefined) return true // an unknown id goes wherever the filter words allow
      if (mark !== undefined) return mark !== 'gone'
      // A destination that gets no alerts at all cannot have been sent one; without a match everything concerns it.
      return !route.takesAlerts && route.match.length === 0
    default:
      return unreachable(draft)
  }
}

/** How this message changes the mark where it is queued. */
function newMark(draft: Draft, known: KnownAlert | undefined, severities: Severities): Mark | undefined {
  switch (draft.kind) {
    case 'heartbeat':
    case 'webhook':
    case 'tag':
    case 'untag':
    case 'attributes':
    case 'note':
      return undefined
    case 'alert':
      return alertCloses(draft.alert, severities) ? 'closed' : 'open'
    case 'action':
      if (known?.key === undefined) return undefined
      if (actionCloses(draft.action)) return 'closed'
      return draft.action === 'open' ? 'open' : undefined
    case 'status':
      if (known?.key === undefined) return undefined
      return statusCloses(draft.status) ? 'closed' : 'open'
    case 'delete':
      return known?.key === undefined ? undefined : 'gone'
    default:
      return unreachable(draft)
  }
}

/** Where the filter words keep the alert itself back, the mark still tells that its actions concern the destination. */
const alertsOnly = (draft: Draft, mark: Mark | undefined): Mark | undefined =>
  draft.kind === 'alert' ? mark : undefined
