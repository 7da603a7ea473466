import type { Read } from '../egress/read.js'
import { parseObject } from '../egress/shape.js'
import { isNormal, type Severities } from '../model/alert.js'
import type { Delivery } from '../model/delivery.js'
import { type PeerAlert, STATE_ACTIONS } from '../model/ledger.js'
import type { Message } from '../model/message.js'
import type { Outcome } from '../model/outcome.js'
import { type Store, StoreUnavailable } from '../store/contract.js'
import type { Asking } from './asking.js'

/**
 * After a try that nobody answered: the peer is asked whether the message had arrived, where a second one would do harm.
 * Undefined: it had not, or nobody can say, so it is sent.
 */
export type Arrived = (delivery: Delivery, signal: AbortSignal) => Promise<Outcome | undefined>

export interface ArrivedDeps {
  readonly store: Pick<Store, 'alertOf'>
  readonly asking: Asking | undefined
  readonly severities: Severities
}

/** Clocks of peers may be so far apart. */
const CLOCKS_APART_MS = 60_000

type Members = Readonly<Record<string, unknown>>

export function createArrived({ store, asking, severities }: ArrivedDeps): Arrived {
  /** A repeat could open again what an operator has closed since; a custom action would be executed, a note be there twice. */
  const doesHarm = ({ kind, action }: Message, { severity }: Members): boolean =>
    kind === 'alert'
      ? typeof severity === 'string' && !isNormal(severity, severities)
      : (kind === 'action' && !STATE_ACTIONS.has(action ?? '')) || (kind === 'note' && action === 'add')

  /** Only a message that is like no other before it can be told from them. */
  async function isUnlike(delivery: Delivery): Promise<boolean> {
    try {
      return (await store.alertOf(delivery))?.unlike === true
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      return false // in doubt it is sent
    }
  }

  return async (delivery, signal) => {
    const { message, progress, alias } = delivery
    if (progress.unknowns === 0 || asking === undefined || message.body === null) return undefined
    const body = parseObject(String(message.body)) ?? {}
    if (!doesHarm(message, body) || !(await isUnlike(delivery))) return undefined
    const id = message.kind === 'alert' ? message.alertId : (alias ?? message.alertId)
    const there: Read<PeerAlert | undefined> = await asking.byId(id, signal)
    if (there.kind !== 'read' || there.value === undefined) return undefined
    const known = there.value
    const outcome = { kind: 'delivered', status: null, note: 'had arrived' } as const
    if (message.kind === 'alert') return wasReceived(known, message) ? { ...outcome, alias: known.id } : undefined
    if (message.kind === 'note') return wasNoted(known, message, body, outcome)
    return wasExecuted(known, message, body) ? outcome : undefined
  }
}

const wasReceived = ({ id, lastReceiveId, lastReceiveTime }: PeerAlert, { alertId, acceptedAt }: Message): boolean =>
  (id === alertId || lastReceiveId === alertId) && lastReceiveTime >= acceptedAt - CLOCKS_APART_MS

/** A custom action leaves an entry of the type "action"; what Alerta writes where the body has no text: views/alerts.py. */
function wasExecuted({ history }: PeerAlert, { action, acceptedAt }: Message, { text }: Members): boolean {
  const wanted = text === undefined ? `${action} operator action` : text
  return history.some(
    (entry) =>
      (entry.type === 'action' || entry.type === action) && entry.text === wanted && entry.updateTime >= acceptedAt,
  )
}

/** The entry that a note leaves in the history has its id. */
function wasNoted(
  { history }: PeerAlert,
  { acceptedAt }: Message,
  { text, note }: Members,
  outcome: Extract<Outcome, { kind: 'delivered' }>,
): Outcome | undefined {
  const found = history.find(
    (entry) => entry.type === 'note' && entry.text === (text || note) && entry.updateTime >= acceptedAt,
  )
  return found && { ...outcome, alias: found.id }
}
