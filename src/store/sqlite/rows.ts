import type { AlertKey } from '../../model/alert.js'
import { formatHops, parseHops } from '../../model/hops.js'
import type { MessageId } from '../../model/ids.js'
import { type Draft, KINDS, type Kind, type Message, subjectOf } from '../../model/message.js'
import { traceOf, traceText } from '../../model/trace-context.js'

/** A row of `message`. */
export interface MessageRow {
  readonly message_id: Buffer
  readonly kind: Kind
  readonly accepted_at: number
  readonly stamp: number | null
  /** a Became */
  readonly became: string | null
  readonly alert: number | null
  readonly alert_id: string
  readonly action: string | null
  readonly timeout: number | null
  readonly request_id: string
  readonly hops: string
  readonly sender: string
  readonly credential: string
  readonly body: Buffer | null
  readonly note_id: string | null
  readonly content_type: string | null
  readonly trace: string | null
}

const UUID_BYTES = 16

export const MESSAGE_COLUMNS = `message.message_id, message.kind, message.accepted_at, message.alert, message.alert_id,
  message.action, message.timeout, message.request_id, message.hops, message.sender, message.credential, message.body,
  message.stamp, message.became, message.note_id, message.content_type, message.trace`

/** What HTTP lets stand in a header (RFC 9110, 5.5), where these texts go. */
const HEADER = /^[\t\x20-\x7e\x80-\xff]*$/

/** What HTTP lets stand in a request line, where a webhook's path goes. */
const PATH = /^\/[\x21-\x7e]*$/

/** Why a row cannot be what append wrote, for it would fail or do harm on its way out; undefined: it can. */
export function messageProblem(row: MessageRow): string | undefined {
  if (!Buffer.isBuffer(row.message_id) || row.message_id.length !== UUID_BYTES) return 'its message id is none'
  if (!KINDS.includes(row.kind)) return 'its kind is unknown'
  if (Buffer.isBuffer(row.body) === hasNoBody(row)) return 'its body is missing, or too much'
  const texts = [row.hops, row.request_id, row.sender, row.content_type ?? '', row.trace ?? '']
  if (!texts.every((text) => typeof text === 'string' && HEADER.test(text))) return 'its hops or sender are no text'
  if (row.kind === 'note' && typeof row.note_id !== 'string') return 'its note is none'
  if (row.kind === 'webhook' && !PATH.test(row.alert_id)) return 'its path is none'
  return typeof row.alert_id === 'string' ? undefined : 'its alert id is none'
}

const hasNoBody = ({ kind, action }: MessageRow): boolean =>
  kind === 'delete' || (kind === 'note' && action === 'remove')

export function toMessage(row: MessageRow): Message {
  return {
    messageId: uuidText(row.message_id),
    kind: row.kind,
    acceptedAt: row.accepted_at,
    stamp: row.stamp ?? undefined,
    became: row.became === null ? undefined : JSON.parse(row.became),
    alertId: row.alert_id,
    action: row.action,
    noteId: row.note_id,
    contentType: row.content_type,
    trace: row.trace === null ? undefined : traceOf(row.trace),
    timeout: row.timeout,
    requestId: row.request_id,
    hops: parseHops(row.hops),
    sender: row.sender,
    credential: row.credential,
    body: row.body,
  }
}

/** The values of a new `message` row, in the order of the insert in journal.ts. */
export function messageValues(draft: Draft, alert: number | null): unknown[] {
  return [
    uuidBytes(draft.messageId),
    draft.kind,
    draft.acceptedAt,
    alert,
    subjectOf(draft),
    draft.kind === 'action' || draft.kind === 'note' ? draft.action : null,
    draft.kind === 'heartbeat' ? draft.timeout : null,
    draft.requestId,
    formatHops(draft.hops),
    draft.sender,
    draft.credential,
    draft.body,
    draft.stamp ?? null,
    draft.became === undefined ? null : JSON.stringify(draft.became),
    draft.kind === 'note' ? draft.noteId : null,
    draft.kind === 'webhook' ? draft.contentType : null,
    draft.trace === undefined ? null : traceText(draft.trace),
  ]
}

export const uuidBytes = (id: MessageId): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')

export function uuidText(bytes: Buffer): MessageId {
  const hex = bytes.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  return parts.join('-') as MessageId
}

/** Alerta's key treats no customer and the empty one alike; the index stores the empty text. */
export const customerKey = (alert: Pick<AlertKey, 'customer'>): string => alert.customer ?? ''
