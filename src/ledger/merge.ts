import { isNormal, type Severities } from '../model/alert.js'
import type { AlertState, Applied, HistoryEntry, StillTold } from '../model/ledger.js'
import type { AboutAlert } from '../model/message.js'

type Applicable = Exclude<AboutAlert, { kind: 'delete' }>

/** A normal alert is closed, whoever acked it while it was not. Should it become another severity, it is acked. */
const UNTIL_NORMAL: ReadonlySet<string> = new Set(['open', 'ack'])

/**
 * What our machine made of a write, with the parts of the state that another relay's machine has decided: those in
 * `told` as it says, all others as they were. Relays that know the same parts so have the same state, whatever came in
 * which order; a machine alone would make something else of another order.
 */
export function merge(
  draft: Applicable,
  applied: Applied,
  told: StillTold,
  earlier: AlertState | undefined,
  severities: Severities,
): Applied {
  const severity = told.severity ?? earlier?.severity ?? applied.state.severity
  const said = told.status ?? revived(draft, earlier) ?? told.said ?? earlier?.status ?? applied.state.status
  const status = told.mixed && isNormal(severity, severities) && UNTIL_NORMAL.has(said) ? 'closed' : said
  const asSaid = said === status ? {} : { said }
  if (severity === applied.state.severity && status === applied.state.status) return { ...applied, ...asSaid }
  const state = {
    ...applied.state,
    ...ofSeverity(severity, applied.state, earlier),
    ...ofStatus(status, draft, applied.state, earlier),
  }
  const changed = status !== earlier?.status || severity !== earlier.severity || state.event !== earlier.event
  const entry = applied.entry ?? (changed ? entryOf(draft, state) : undefined)
  return { state, entry: entry && { ...entry, severity, status }, changed, refused: undefined, ...asSaid }
}

/**
 * Where a reception came in that we had not heard of when its alert expired here: the relay that had it says nothing of
 * the status, for there it went on all the time.
 */
const revived = (draft: Applicable, earlier: AlertState | undefined): string | undefined =>
  draft.kind === 'alert' && earlier?.status === 'expired' && earlier.trail?.ranOut ? earlier.previousStatus : undefined

function ofSeverity(severity: string, { severity: made }: AlertState, earlier: AlertState | undefined) {
  if (severity === made) return {}
  const { previousSeverity, trendIndication } = earlier ?? {}
  return { severity, ...(previousSeverity && trendIndication && { previousSeverity, trendIndication }) }
}

function ofStatus(status: string, draft: Applicable, { status: made }: AlertState, earlier: AlertState | undefined) {
  if (status === made) return {}
  if (earlier === undefined || status !== earlier.status) return { status, statusUntil: heldUntil(draft) }
  const { previousStatus, statusUntil, trail } = earlier
  return { status, previousStatus, statusUntil, ...(trail === undefined ? {} : { trail }) }
}

const heldUntil = (draft: Applicable): number =>
  draft.kind === 'action' && draft.timeout ? draft.acceptedAt + draft.timeout * 1_000 : 0

const entryOf = (draft: Applicable, { id, event, severity, status, value, timeout }: AlertState): HistoryEntry => ({
  ...{ id, event, severity, status, value, timeout },
  text: textOf(draft),
  type: draft.kind === 'action' ? draft.action : 'status',
  updateTime: draft.acceptedAt,
  user: draft.credential,
})

const textOf = (draft: Applicable): string =>
  draft.kind === 'alert' ? draft.alert.text : 'text' in draft ? draft.text : ''
