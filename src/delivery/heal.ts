import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Addressed } from '../egress/request.js'
import type { Delivery } from '../model/delivery.js'
import type { Hop } from '../model/hops.js'
import type { Ids } from '../model/ids.js'
import type { AlertState } from '../model/ledger.js'
import type { Message } from '../model/message.js'
import type { Outcome } from '../model/outcome.js'
import { heldUntil, standingAt } from '../model/standing.js'
import { type AlertThere, type Store, StoreUnavailable } from '../store/contract.js'
import type { Asking } from './asking.js'

type NotFound = Extract<Outcome, { kind: 'not found' }>

/** Sends a message to the destination, what it is about under the ids that it has there. */
export type Send = (delivery: Addressed, signal: AbortSignal) => Promise<Outcome>

/** What to do about a 404 to what is about an alert, within the same attempt; its result is the attempt's. */
export type Heal = (delivery: Delivery, missed: NotFound, signal: AbortSignal) => Promise<Outcome>

export interface HealDeps {
  readonly send: Send
  readonly store: Pick<Store, 'alertOf' | 'learn' | 'identify'>
  /** the destination of this name; undefined: none, or one that cannot be asked */
  readonly asking: (destination: string) => Asking | undefined
  /** the destination that is the last hop */
  readonly cameFrom: (hops: readonly Hop[]) => string | undefined
  /** the body of a POST /alert that brings a peer to this state */
  readonly bodyOf: (state: AlertState) => Buffer
  readonly ids: Pick<Ids, 'messageId'>
  readonly clock: Clock
  readonly counters: Counters
}

type Subject =
  | { readonly kind: 'known'; readonly alert: AlertThere }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'later'; readonly why: string }

/** A peer that takes writes but never answers this question must not hold the lane for days: then without an answer. */
const ASKED_IN_VAIN = 4

export function createHeal(deps: HealDeps): Heal {
  const { send, store, asking, cameFrom, bodyOf, ids, clock, counters } = deps

  /** The alert, also where its id means nothing to us, but to the destination that the action came from. */
  async function subjectOf(delivery: Delivery, signal: AbortSignal): Promise<Subject> {
    const alert = await store.alertOf(delivery)
    if (alert !== undefined) return { kind: 'known', alert }
    const { message } = delivery
    const by = cameFrom(message.hops)
    const there = by === undefined ? undefined : await asking(by)?.byId(message.alertId, signal)
    if (by === undefined || there === undefined) return { kind: 'unknown' }
    if (there.kind === 'failed') return { kind: 'later', why: `${by} cannot tell now what its id means: ${there.why}` }
    if (there.kind === 'unreadable' || there.value === undefined) return { kind: 'unknown' }
    const told = { by, alert: there.value.alert, alias: there.value.id }
    await store.identify(delivery, told, clock.now())
    const identified = await store.alertOf(delivery)
    return identified === undefined ? { kind: 'unknown' } : { kind: 'known', alert: identified }
  }

  async function heal(delivery: Delivery, missed: NotFound, signal: AbortSignal): Promise<Outcome> {
    const subject = await subjectOf(delivery, signal)
    if (subject.kind === 'unknown') return missed
    if (subject.kind === 'later') return { ...missed, alert: 'expected', note: subject.why }
    const { alert } = subject
    if (alert.gone) return suppressed(missed, 'unknown there, and deleted here')
    if (alert.queued) return { ...missed, alert: 'expected', note: 'its alert waits in another lane' }

    const { alias } = alert
    if (alias !== undefined && alias !== (delivery.alias ?? delivery.message.alertId)) {
      const outcome = await send({ ...delivery, alias }, signal)
      if (outcome.kind !== 'not found') return healed(delivery, outcome, `known there as ${alias}`)
    }
    const there = await asking(delivery.destination)?.byKey(alert.key, signal)
    if (there?.kind === 'failed' && delivery.attempt <= ASKED_IN_VAIN) {
      return { ...missed, alert: 'expected', note: `it cannot tell now whether it knows the alert: ${there.why}` }
    }
    if (there?.kind !== 'read' || there.value === undefined) return bringBack(delivery, alert, missed, signal)
    return again(delivery, there.value.id, `known there as ${there.value.id}`, signal)
  }

  /** The alert itself first, as it is now; then the message. */
  async function bringBack(
    delivery: Delivery,
    { state, stamp, wanted }: AlertThere,
    missed: NotFound,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (state === undefined) return delivery.sent ? { ...missed, alert: 'lost again' } : missed
    const { status, over } = standingAt(state, clock.now())
    if (over) return suppressed(missed, `unknown there, and ${status} here`)
    if (!wanted) return missed
    const message = alertMessage(delivery, state, stamp)
    const posted = await send({ message, alias: undefined }, signal)
    if (posted.kind !== 'delivered') return { ...posted, note: `its alert, sent again: ${posted.note}` }
    if (posted.alias === undefined) return suppressed(posted, `unknown there, and kept out: ${posted.note}`)
    return again(delivery, posted.alias, 'its alert was sent again', signal)
  }

  /** On the way of the message that asks for it, so that it goes back to nobody. */
  function alertMessage({ message }: Delivery, state: AlertState, stamp: number | undefined): Message {
    const body = bodyOf(beforeAction(state, message))
    const about = { alertId: state.id, action: null, timeout: null, noteId: null, body, stamp, became: undefined }
    return { ...message, ...about, kind: 'alert', messageId: ids.messageId(), sender: '' }
  }

  async function again(delivery: Delivery, alias: string, how: string, signal: AbortSignal): Promise<Outcome> {
    await store.learn(delivery, alias, clock.now())
    return healed(delivery, await send({ ...delivery, alias }, signal), how)
  }

  function healed({ destination, message }: Delivery, outcome: Outcome, how: string): Outcome {
    // the alert is known there, so it is the note that is not
    if (outcome.kind === 'not found' && message.noteId !== null)
      return suppressed(outcome, 'the note is not known there')
    if (outcome.kind === 'not found') return { ...outcome, alert: 'lost again' }
    if (outcome.kind !== 'delivered') return outcome
    counters.add('healed', destination)
    return { ...outcome, note: `healed, ${how}: ${outcome.note}` }
  }

  return async (delivery, missed, signal) => {
    try {
      return await heal(delivery, missed, signal)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      return { ...missed, alert: 'expected', note: error.message }
    }
  }
}

const suppressed = ({ status }: Outcome, note: string): Outcome => ({ kind: 'suppressed', status, note })

const BRINGS: Readonly<Record<string, string>> = { ack: 'ack', shelve: 'shelved' }

/** A status that holds for a time only comes about there by its action, which says how long. */
const beforeAction = (state: AlertState, { action }: Message): AlertState =>
  heldUntil(state) !== undefined && BRINGS[action ?? ''] === state.status ? { ...state, status: 'open' } : state
