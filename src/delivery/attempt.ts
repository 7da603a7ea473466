import type { DestinationConfig } from '../config/destination.js'
import { judge } from '../egress/answer.js'
import type { Client } from '../egress/client.js'
import type { Ours } from '../egress/ours.js'
import { createRedactor } from '../egress/redact.js'
import { buildRequest, noteId } from '../egress/request.js'
import type { Severities } from '../model/alert.js'
import type { Delivery } from '../model/delivery.js'
import type { Outcome } from '../model/outcome.js'
import type { Tracing } from '../model/tracing.js'
import { createArrived } from './arrived.js'
import { createHeal, type HealDeps, type Send } from './heal.js'

export type Attempt = (delivery: Delivery, signal: AbortSignal) => Promise<Outcome>

export interface AttemptDeps extends Omit<HealDeps, 'send'> {
  readonly destination: DestinationConfig
  readonly client: Client
  readonly ours: Ours
  readonly severities: Severities
  readonly tracing: Pick<Tracing, 'attempt'>
}

/** One try of a delivery. Never rejects for anything a peer does. */
export function createAttempt(deps: AttemptDeps): Attempt {
  const { destination, asking } = deps
  const send = createSend(deps)
  // an http system knows no alerts that could be asked for
  if (destination.kind === 'http') {
    return async (delivery, signal) => forgotten(await send(delivery, signal), delivery)
  }
  const heal = createHeal({ ...deps, send })
  const arrived = createArrived({ ...deps, asking: asking(destination.name) })
  return async (delivery, signal) => {
    // a relay knows what has arrived by the message id
    const had = destination.kind === 'alerta' ? await arrived(delivery, signal) : undefined
    if (had !== undefined) return had
    if (isNoteOfNoDestination(destination, delivery)) return NOTE_UNKNOWN
    const outcome = await send(delivery, signal)
    return outcome.kind === 'not found' ? heal(delivery, outcome, signal) : outcome
  }
}

/** Request out, answer in, judged. */
function createSend({ destination, client, ours, clock, tracing }: AttemptDeps): Send {
  const { kind, accept } = destination
  const redact = createRedactor(destination.auth)
  return async (delivery, signal) => {
    const { message } = delivery
    const { trace, end } = tracing.attempt({ destination: destination.name, message, attempt: delivery.attempt })
    const exchange = await client.exchange(buildRequest(destination, { trace, ...delivery }, ours), signal)
    const asked = { kind, accept, write: message.kind, ours: ours.identities, sentHops: message.hops }
    const outcome = judge(exchange, { ...asked, now: clock.now(), redact })
    end(outcome)
    return outcome
  }
}

/** What it was never sent need not be taken away from it, and has no id there. */
const isNoteOfNoDestination = (destination: DestinationConfig, delivery: Delivery): boolean =>
  delivery.message.action === 'remove' &&
  delivery.message.kind === 'note' &&
  noteId(destination, delivery) === undefined

const NOTE_UNKNOWN: Outcome = { kind: 'suppressed', status: null, note: 'the note is not known there' }

const forgotten = (outcome: Outcome, { sent }: Delivery): Outcome =>
  outcome.kind === 'not found' && sent ? { ...outcome, alert: 'lost again' } : outcome
