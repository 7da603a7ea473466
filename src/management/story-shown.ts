import { z } from 'zod'
import { iso } from '../base/clock.js'
import { sayingOf } from '../model/saying.js'
import type { Attempted, DeliveryStory, MessageStory } from '../model/story.js'
import type { WorkerState } from './status.js'

/*
 * How stories stand in JSON, here and between relays: what another relay tells is read by these schemas too.
 */

const when = z.iso.datetime()
/** `about` is null where nobody knows more of the alert than an id. */
export const aboutSchema = z
  .object({ environment: z.string(), resource: z.string(), event: z.string(), customer: z.string().nullable() })
  .nullable()
/** What stands in the way of a delivery that is queued. */
const WAITS = ['not configured', 'held', 'suspended', 'breaker', 'busy', 'lane', 'next try', 'turn'] as const
const trySchema = z.object({
  n: z.int(),
  number: z.int(),
  at: when,
  ms: z.int().nullable(),
  outcome: z.string(),
  httpStatus: z.int().nullable(),
  note: z.string().nullable(),
  to: z.string(),
})
const deliverySchema = z.object({
  destination: z.string(),
  state: z.string(),
  endedAt: when.nullable(),
  attempts: z.int(),
  httpStatus: z.int().nullable(),
  note: z.string().nullable(),
  sendingSince: when.nullable(),
  waits: z.object({ for: z.enum(WAITS), until: when.nullable(), why: z.string().nullable() }).nullable(),
  ahead: z.object({ count: z.int(), first: z.string(), alert: z.string() }).nullable(),
  by: z.string().nullable(),
  tries: z.array(trySchema),
  tried: z.int(),
})
export const messageSchema = z.object({
  message: z.string(),
  kind: z.string(),
  action: z.string().nullable(),
  alert: z.string(),
  says: z.string(),
  about: aboutSchema,
  acceptedAt: when,
  firstAcceptedAt: when.nullable(),
  requestId: z.string(),
  sender: z.string(),
  credential: z.string(),
  hops: z.array(z.string()),
  deliveries: z.array(deliverySchema),
  skipped: z.array(z.object({ destination: z.string(), why: z.string() })),
  replayOf: z.string().nullable(),
  replayedAs: z.array(z.string()),
})

export type ShownTry = z.output<typeof trySchema>
export type ShownDelivery = z.output<typeof deliverySchema>
export type ShownMessage = z.output<typeof messageSchema>

/** What a destination's worker says of itself; undefined: nothing works it. */
export type WorkerOf = (destination: string) => WorkerState | undefined

export function messageShown(story: MessageStory, workerOf: WorkerOf, now: number): ShownMessage {
  const { message, about, deliveries, skipped, replayOf, replayedAs } = story
  return {
    message: message.messageId,
    kind: message.kind,
    action: message.action,
    alert: message.alertId,
    says: sayingOf(message),
    about: about ?? null,
    acceptedAt: iso(message.acceptedAt),
    firstAcceptedAt: isoOr(message.stamp),
    requestId: message.requestId,
    sender: message.sender,
    credential: message.credential,
    hops: message.hops.map(({ text }) => text),
    deliveries: deliveries.map((one) => deliveryShown(one, workerOf(one.destination), now)),
    skipped: [...skipped],
    replayOf,
    replayedAs: [...replayedAs],
  }
}

function deliveryShown(story: DeliveryStory, worker: WorkerState | undefined, now: number): ShownDelivery {
  const { destination, state, endedAt, attempts, status, note, sendingSince, ahead, by, tries, tried } = story
  return {
    ...{ destination, state, attempts, note, by, tried },
    endedAt: isoOr(endedAt),
    httpStatus: status,
    sendingSince: isoOr(sendingSince),
    waits: waitsFor(story, worker, now),
    ahead: ahead === undefined ? null : { count: ahead.count, first: ahead.first, alert: ahead.alertId },
    tries: tries.map(tryShown),
  }
}

const tryShown = ({ at, status, ...one }: Attempted): ShownTry => ({ ...one, at: iso(at), httpStatus: status })

type Waits = NonNullable<ShownDelivery['waits']>

/** What a queued delivery waits for: the first that stands in its way. Null: it does not wait. */
function waitsFor(
  { state, notBefore, ahead }: DeliveryStory,
  worker: WorkerState | undefined,
  now: number,
): Waits | null {
  if (state !== 'queued') return null
  const waits = (what: Waits['for'], until?: number, why: string | null = null): Waits => ({
    for: what,
    until: until === undefined ? null : iso(until),
    why,
  })
  if (worker === undefined) return waits('not configured')
  const { gate } = worker
  if (gate.state === 'held') return waits('held', gate.until, gate.why)
  if (gate.state === 'suspended') return waits('suspended', gate.probeAt, gate.why)
  if (worker.breaker !== 'closed') {
    return waits('breaker', worker.breakerOpenUntil, worker.lastFailure?.note ?? null)
  }
  if (worker.pausedUntil > now) return waits('busy', worker.pausedUntil)
  if (ahead !== undefined) return waits('lane')
  return notBefore !== null && notBefore > now ? waits('next try', notBefore) : waits('turn')
}

const isoOr = (at: number | null | undefined): string | null => (at === null || at === undefined ? null : iso(at))
