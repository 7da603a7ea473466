import type { MessageId } from '../model/ids.js'
import type { Write } from '../model/message.js'
import type { Receipt } from './accept.js'
import { actionFields, actionProblem } from './action.js'
import { type Answer, suppressed } from './answers.js'
import type { Visit } from './entrance.js'
import type { AboutAlertDeps } from './receive-action.js'
import { readObject } from './receive-alert.js'
import { type Change, readChange } from './receive-change.js'
import { diskNearlyFull, Refused } from './refused.js'

/** Finds the ids of the alerts that the parameters of a request are about; of a credential's customers only, none: all. */
export type Select = (parameters: URLSearchParams, customers: readonly string[]) => Promise<readonly string[]>

export interface BulkDeps extends AboutAlertDeps {
  readonly select: Select
  /** whether the disk has room for more messages */
  readonly room: () => 'ok' | 'disk low'
}

/** About as many as the store writes in one transaction, so that other senders have their turn between. */
const AT_ONCE = 250
/** Bodies that they write, in one transaction and in all: the body stands in the journal once for each alert. */
const MOST_BYTES_AT_ONCE = 4 * 1024 * 1024
const MOST_BYTES = 256 * 1024 * 1024

type Receive = (visit: Visit) => Promise<Answer>
type Done = readonly { readonly id: string; readonly messageId: MessageId }[]

/** PUT /_bulk/alerts/status, /tag, /untag, /attributes: one message for each alert (alerta/views/bulk.py, 9.1.0). */
export const createReceiveBulkChange = (deps: BulkDeps, kind: Change): Receive =>
  toAll(
    deps,
    ({ body }) => ({ write: readChange(kind, body), body }),
    (done) => (kind === 'status' ? told('updated', some(done)) : told('updated', done)),
  )

/**
 * PUT /_bulk/alerts/action. Alerta hands it to a background task and tells where to ask for that; here it is all
 * journalled when the answer goes out, and the task is the first of its messages.
 */
export const createReceiveBulkAction = (deps: BulkDeps): Receive =>
  toAll(
    deps,
    ({ body }) => {
      const action = actionFields(readObject(body, actionProblem))
      return { write: (alertId) => ({ kind: 'action', alertId, ...action }), body }
    },
    (done) => ({
      status: 202,
      body: { status: 'ok', message: `${some(done).length} alerts queued for action` },
      headers: { Location: `${deps.baseUrl}/_bulk/task/${done[0]?.messageId}` },
    }),
  )

/** DELETE /_bulk/alerts. */
export const createReceiveBulkDelete = (deps: BulkDeps): Receive =>
  toAll(
    deps,
    () => ({ write: (alertId) => ({ kind: 'delete', alertId }), body: null }),
    (done) => told('deleted', done),
  )

function some(done: Done): Done {
  if (done.length === 0) throw new Refused(404, 'not found')
  return done
}

const told = (how: 'updated' | 'deleted', done: Done): Answer => ({
  status: 200,
  body: { status: 'ok', [how]: done.map(({ id }) => id), count: done.length },
})

/** A message for each of the alerts that the request's parameters select. */
function toAll(
  deps: BulkDeps,
  read: (visit: Visit) => { readonly write: (alertId: string) => Write; readonly body: Buffer | null },
  answer: (done: Done) => Answer,
): Receive {
  return async (visit) => {
    const { write, body } = read(visit)
    const loop = deps.loopGuard(visit, 'Bulk')
    if (loop !== undefined) return suppressed(loop)
    const ids = await deps.select(visit.parameters(), visit.principal.customers)
    const weight = Math.max(1, body?.length ?? 0)
    if (ids.length * weight > MOST_BYTES) {
      throw new Refused(413, `The body is too large for ${ids.length} alerts: ask for fewer alerts at once`)
    }
    const atOnce = Math.max(1, Math.min(AT_ONCE, Math.floor(MOST_BYTES_AT_ONCE / weight)))
    // each is a message of its own: an id that a peer offered for all of them would make copies of all but one
    const each = { ...visit, offeredId: undefined }
    const done: { id: string; messageId: MessageId }[] = []
    for (let from = 0; from < ids.length; from += atOnce) {
      if (deps.room() === 'disk low') throw diskNearlyFull()
      const accepted = ids.slice(from, from + atOnce).map(async (id) => {
        const receipt = await unlessGone(deps.accept(each, write(id), body, deps.clock.now()))
        return receipt === undefined ? [] : [{ id, messageId: receipt.messageId }]
      })
      done.push(...(await Promise.all(accepted)).flat())
    }
    return answer(done)
  }
}

/** An alert may be deleted while others are worked on. */
async function unlessGone(accepting: Promise<Receipt>): Promise<Receipt | undefined> {
  try {
    return await accepting
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined
    throw error
  }
}
