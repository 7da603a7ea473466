import type { Clock } from '../base/clock.js'
import type { DestinationConfig } from '../config/destination.js'
import { judge } from '../egress/answer.js'
import type { Client } from '../egress/client.js'
import type { Ours } from '../egress/ours.js'
import { createRedactor } from '../egress/redact.js'
import { buildRequest } from '../egress/request.js'
import type { Delivery } from '../model/delivery.js'
import type { Outcome } from '../model/outcome.js'

export type Attempt = (delivery: Delivery, signal: AbortSignal) => Promise<Outcome>

export interface AttemptDeps {
  readonly destination: DestinationConfig
  readonly client: Client
  readonly ours: Ours
  readonly clock: Clock
}

/** One HTTP try of a delivery: request out, answer in, judged. Never rejects for anything a peer does. */
export function createAttempt({ destination, client, ours, clock }: AttemptDeps): Attempt {
  const { kind, accept } = destination
  const redact = createRedactor(destination.auth)
  return async (delivery, signal) => {
    const { message } = delivery
    const exchange = await client.exchange(buildRequest(destination, delivery, ours), signal)
    const asked = { kind, accept, write: message.kind, ours: ours.identities, sentHops: message.hops }
    return judge(exchange, { ...asked, now: clock.now(), redact })
  }
}
