import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Meter } from '../base/meter.js'
import type { Repeats } from '../base/repeats.js'
import { unreachable } from '../base/unreachable.js'
import { type FirstAccepted, notAfter, parseAccepted } from '../model/accepted.js'
import type { Heartbeat } from '../model/heartbeat.js'
import { type Ids, type MessageId, parseMessageId } from '../model/ids.js'
import type { Note } from '../model/ledger.js'
import { type Draft, isAboutAlert, subjectOf, type Write } from '../model/message.js'
import type { Receiving, Tracing } from '../model/tracing.js'
import type { Appended, CurrentAsKept } from '../store/appended.js'
import type { Visit } from './entrance.js'
import { Refused, unavailable } from './refused.js'

/** A full queue empties when its destination is back, or when an operator acts: minutes rather than seconds. */
const FULL_RETRY_S = 30

export interface AcceptDeps {
  /** routes and journals; resolves after the commit, rejects with StoreUnavailable */
  readonly append: (draft: Draft) => Promise<Appended>
  /** awaited before a message is taken, where it returns a promise: deliveries get their share of the store */
  readonly admit?: (() => Promise<void> | undefined) | undefined
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly counters: Counters
  readonly meter: Meter
  readonly repeats: Pick<Repeats, 'first'>
  readonly tracing: Tracing
}

/** `again`: the very same message came before and is answered as then. `copy`: the same news came another way. */
export interface Receipt {
  readonly kind: 'accepted' | 'again' | 'copy'
  readonly messageId: MessageId
  /** by which the alert is known: of its first reception */
  readonly alertId: string | undefined
  /** the alert as the ledger has it now; undefined: the message is no alert, or its alert is gone again */
  readonly current: CurrentAsKept | undefined
  /** as the ledger has it now; undefined: the message is about none, or about an unknown alert's */
  readonly note: Note | undefined
  /** as it is kept; undefined: the message is none */
  readonly heartbeat: Heartbeat | undefined
}

/** Makes a message of a valid write and hands it to the store. Throws Refused 503 where a queue is full. */
export type Accept = (visit: Visit, write: Write, body: Buffer | null, acceptedAt: number) => Promise<Receipt>

export function createAccept(deps: AcceptDeps): Accept {
  const { log, counters } = deps

  /** Only a peer's id is believed: with anybody else's, one sender could make another's message pass for a copy. */
  function identify(visit: Visit): { messageId: MessageId; fromPeer: boolean } {
    if (visit.offeredId !== undefined) {
      const offered = parseMessageId(visit.offeredId)
      if (offered !== undefined && visit.principal.peer) return { messageId: offered, fromPeer: true }
      counters.add('ignored', 'message id')
    }
    return { messageId: deps.ids.messageId(), fromPeer: false }
  }

  /** Only a peer's word counts, as with the message id, and no clock but ours tells what has not been yet. */
  function firstAccepted({ offeredStamp, principal }: Visit, acceptedAt: number): FirstAccepted {
    const isTold = offeredStamp !== undefined && principal.peer
    return isTold ? notAfter(parseAccepted(offeredStamp), acceptedAt) : { stamp: undefined, became: undefined }
  }

  /** Where a relay's clock is ahead, what others change meanwhile ends here: it must be seen. */
  function outdated(facts: object): void {
    counters.add('suppressed', 'outdated')
    log.info({ why: 'older than what is known of its alert', ...facts }, 'message suppressed')
  }

  /** A full queue turns away message after message. */
  function turnedAway(destination: string, facts: object): void {
    const isNew = deps.repeats.first('message refused', { destination })
    if (isNew) log.warn(facts, 'message refused')
    else log.debug(facts, 'message refused')
  }

  /** Full queues that the destinations' resyncs will make up for. */
  function left(destinations: readonly string[], draft: Draft): void {
    for (const destination of destinations) counters.add('overflowed', destination)
    const facts = { message: draft.messageId, destinations }
    const isNew = deps.repeats.first('queue full', { destinations: destinations.join(', ') })
    if (isNew) log.warn(facts, 'queue full, message left to the resync')
    else log.debug(facts, 'queue full, message left to the resync')
  }

  async function store(draft: Draft, receiving: Receiving): Promise<Appended> {
    receiving.storing()
    let became = 'store unavailable'
    try {
      const appended = await deps.append(draft)
      became = appended.kind
      return appended
    } finally {
      receiving.end(draft, became)
    }
  }

  return async (visit, write, body, acceptedAt) => {
    const { messageId, fromPeer } = identify(visit)
    const receiving = deps.tracing.receive(visit.trace, deps.clock.monotonic() - visit.since)
    // the spreads stand last, as in apply-alert.ts
    const draft: Draft = {
      messageId,
      fromPeer,
      acceptedAt,
      requestId: visit.requestId,
      hops: visit.hops,
      sender: visit.sender,
      credential: visit.principal.name,
      customers: visit.principal.customers,
      notTo: visit.notTo,
      trace: receiving.trace,
      body,
      // the answers of a batch leave the alert out
      brief: visit.turn !== undefined,
      ...firstAccepted(visit, acceptedAt),
      ...write,
    }
    const wait = deps.admit?.()
    if (wait !== undefined) await wait
    if (visit.turn !== undefined) await visit.turn.come
    const appending = store(draft, receiving)
    visit.turn?.done()
    const appended = await appending
    const ms = deps.clock.monotonic() - visit.since
    const facts = factsOf(draft, ms)
    if (appended.kind === 'accepted' || appended.kind === 'copy') deps.meter.received(draft.kind, ms)
    switch (appended.kind) {
      case 'accepted':
        counters.add('accepted', draft.kind)
        log.info({ queued: appended.queued, skipped: appended.skipped, ...facts }, 'message accepted')
        if (appended.full.length > 0) left(appended.full, draft)
        if (appended.outdated === true) outdated(facts)
        return {
          kind: 'accepted',
          messageId,
          alertId: appended.current?.state.id,
          current: appended.current,
          note: appended.note,
          heartbeat: appended.heartbeat,
        }
      case 'copy':
        counters.add('suppressed', appended.by === 'content' ? 'copy' : 'message id')
        log.info({ why: `copy by ${appended.by}`, ...facts }, 'message suppressed')
        return {
          kind: appended.by === 'content' ? 'copy' : 'again',
          messageId,
          alertId: appended.alertId,
          current: appended.current,
          note: appended.note,
          heartbeat: appended.heartbeat,
        }
      case 'refused':
        counters.add('refused', 'queue full')
        turnedAway(appended.destination, { destination: appended.destination, limit: appended.limit, ...facts })
        throw unavailable(`The queue of ${appended.destination} is full (${appended.limit})`, FULL_RETRY_S)
      case 'not theirs':
        counters.add('refused', 'customer')
        log.warn({ why: 'not the alert of a customer of this credential', ...facts }, 'message refused')
        throw new Refused(404, 'not found')
      case 'gone':
        counters.add('refused', 'deleted alert')
        log.info({ why: 'the alert was deleted', ...facts }, 'message refused')
        throw new Refused(404, 'not found')
      case 'ambiguous':
        counters.add('refused', 'ambiguous id')
        log.info({ why: 'several alerts have an id that begins so', ...facts }, 'message refused')
        throw new Refused(409, 'several alerts have an id that begins so')
      case 'no such note':
        counters.add('refused', 'unknown note')
        log.info({ why: 'the alert has no such note', ...facts }, 'message refused')
        throw new Refused(404, 'note not found')
      default:
        return unreachable(appended)
    }
  }
}

/** What the log says of every message: neither its body nor the query it came with. */
const factsOf = (draft: Draft, ms: number) => ({
  message: draft.messageId,
  kind: draft.kind,
  [isAboutAlert(draft) ? 'alert' : draft.kind === 'heartbeat' ? 'origin' : 'path']: subjectOf(draft),
  credential: draft.credential,
  sender: draft.sender,
  hops: draft.hops.map((hop) => hop.text),
  request: draft.requestId,
  ms: Math.round(ms),
})
