import type { Counters } from '../../base/counters.js'
import { SETTLED_STATES } from '../../model/delivery.js'
import { KINDS } from '../../model/message.js'
import { SELF_EVENTS } from '../../model/self-event.js'
import { FAMILIES, type FamilyName, type Figures, type Sample } from './families.js'

/** Why a message is suppressed; the same counter with a destination counts deliveries. */
const REASONS: readonly string[] = ['loop', 'copy', 'message id', 'blackout', 'outdated']

const OUTCOMES = ['delivered', 'suppressed', 'retry', 'unknown', 'suspend', 'not found', 'dead']

/** The counters whose label is that of one family, and what the label may be where that is known before. */
const PLAIN: Readonly<
  Record<string, { readonly family: FamilyName; readonly label: string; readonly of: readonly string[] }>
> = {
  accepted: { family: 'alerta_relay_messages_accepted_total', label: 'kind', of: KINDS },
  refused: {
    family: 'alerta_relay_messages_refused_total',
    label: 'reason',
    of: ['queue full', 'policy', 'hops', 'customer', 'deleted alert', 'ambiguous id', 'unknown note', 'webhook alert'],
  },
  'request refused': {
    family: 'alerta_relay_requests_refused_total',
    label: 'status',
    of: ['400', '401', '403', '404', '409', '413', '429', '503'],
  },
  ignored: { family: 'alerta_relay_headers_ignored_total', label: 'header', of: ['message id'] },
  heartbeats: {
    family: 'alerta_relay_heartbeat_alerts_total',
    label: 'status',
    of: ['expired', 'slow', 'ok'],
  },
  housekeeping: {
    family: 'alerta_relay_housekeeping_total',
    label: 'change',
    of: ['expired', 'unshelved', 'unacked', 'deleted'],
  },
  'self alert': { family: 'alerta_relay_self_alerts_total', label: 'event', of: SELF_EVENTS },
  overflowed: { family: 'alerta_relay_messages_overflowed_total', label: 'destination', of: [] },
  resync: { family: 'alerta_relay_resyncs_total', label: 'destination', of: [] },
  resent: { family: 'alerta_relay_messages_resent_total', label: 'destination', of: [] },
  batches: { family: 'alerta_relay_batches_total', label: 'destination', of: [] },
  batched: { family: 'alerta_relay_batched_messages_total', label: 'destination', of: [] },
  healed: { family: 'alerta_relay_actions_healed_total', label: 'destination', of: [] },
  damaged: { family: 'alerta_relay_damaged_total', label: 'destination', of: [] },
}

/** A family and its labels; undefined: the counter is no metric. */
function placeOf(counter: string): readonly [FamilyName, Sample[0]] | undefined {
  const [name = '', ...rest] = counter.split('.')
  const label = rest.join('.')
  if (name === 'suppressed' && REASONS.includes(label))
    return ['alerta_relay_messages_suppressed_total', { reason: label }]
  if (name === 'attempt') {
    const [outcome = '', ...destination] = rest
    return ['alerta_relay_attempts_total', { destination: destination.join('.'), outcome }]
  }
  if ((SETTLED_STATES as readonly string[]).includes(name)) {
    return ['alerta_relay_deliveries_total', { destination: label, state: name }]
  }
  if (name === 'spans dropped') return ['alerta_relay_spans_dropped_total', {}]
  if (name === 'batches received') return ['alerta_relay_batches_received_total', {}]
  const plain = PLAIN[name]
  return plain && [plain.family, { [plain.label]: label }]
}

/**
 * What may be counted, at 0: Prometheus sees an increase only where it has seen the number before it. For whatever stands
 * in the configuration, so the number of series stays the same.
 */
function expected(destinations: readonly string[]): readonly string[] {
  const each = (names: readonly string[]) => names.flatMap((name) => destinations.map((one) => `${name}.${one}`))
  return [
    ...REASONS.map((reason) => `suppressed.${reason}`),
    ...Object.entries(PLAIN).flatMap(([name, { of }]) => of.map((label) => `${name}.${label}`)),
    ...each(OUTCOMES.map((outcome) => `attempt.${outcome}`)),
    ...each(SETTLED_STATES),
    ...each(['overflowed', 'resync', 'resent', 'batches', 'batched', 'healed', 'damaged']),
    'spans dropped',
    'batches received',
  ]
}

/** The counters as families. Those of destinations that are gone are left out: series must not pile up. */
export function counterFigures(counters: Counters, destinations: readonly string[]): Figures {
  const counts = { ...Object.fromEntries(expected(destinations).map((name) => [name, 0])), ...counters.snapshot() }
  const figures: Partial<Record<FamilyName, Sample[]>> = {
    alerta_alerts_rejected_total: [[{}, counts['refused.policy'] ?? 0]],
    alerta_alerts_blackout_total: [[{}, counts['suppressed.blackout'] ?? 0]],
  }
  for (const [counter, value] of Object.entries(counts)) {
    const place = placeOf(counter)
    if (place === undefined) continue
    const [family, labels] = place
    if (isOfDestinations(family) && !destinations.includes(labels.destination ?? '')) continue
    figures[family] ??= []
    figures[family].push([labels, value])
  }
  return figures
}

const isOfDestinations = (family: FamilyName): boolean =>
  (FAMILIES[family].labels as readonly string[]).includes('destination')
