import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { formatAccepted, parseAccepted } from '../../model/accepted.js'
import { formatHops, parseHops } from '../../model/hops.js'
import type { MessageId } from '../../model/ids.js'
import { KINDS, type Message } from '../../model/message.js'
import { traceOf, traceText } from '../../model/trace-context.js'
import type { Exported } from '../../store/moves.js'

/** Of one request to the operators' interface; what is imported comes in parts, of which each has whole lines. */
export const REQUEST_BYTES = 16 * 2 ** 20

/** Of the lines below; a later one reads the earlier ones. */
const VERSION = 1

export const headerSchema = z.object({
  kind: z.literal('alerta-relay export'),
  version: z.int(),
  /** so that it is taken in once */
  export: z.string().min(1).max(64),
  relay: z.string(),
  destination: z.string(),
  what: z.enum(['queued', 'dead']),
  at: z.string(),
})
export type ExportHeader = z.output<typeof headerSchema>

/** What goes out in a header line of HTTP later. */
const headerText = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/)

export const exportedSchema = z.object({
  message: z.uuid(),
  kind: z.enum(KINDS),
  /** epoch ms */
  acceptedAt: z.int().min(0),
  /** when and as what the first relay on its way accepted it, as in X-Alerta-Accepted; null: we are the first */
  accepted: z.string().nullable(),
  alert: z.string(),
  action: z.string().nullable(),
  note: z.string().nullable(),
  contentType: headerText.nullable(),
  timeout: z.int().nullable(),
  requestId: headerText,
  /** as in X-Alerta-Loop */
  hops: headerText,
  sender: headerText,
  credential: z.string(),
  /** its place in its sender's trace */
  trace: z.string().optional(),
  /** at most one of them; neither: it has no body */
  body: z.string().optional(),
  bodyBase64: z.base64().optional(),
  /** of a dead letter */
  dead: z.object({ at: z.int(), reason: z.string() }).optional(),
})

/** The last line: without it the export was broken off. */
export const endSchema = z.object({ kind: z.literal('end'), lines: z.int() })

export const exportLine = z.union([headerSchema, exportedSchema, endSchema])

export const headerOf = (header: Omit<ExportHeader, 'kind' | 'version'>): ExportHeader => ({
  kind: 'alerta-relay export',
  version: VERSION,
  ...header,
})

export function lineOf({ message, dead }: Exported): z.input<typeof exportedSchema> {
  const { stamp, became, body, hops } = message
  return {
    message: message.messageId,
    kind: message.kind,
    acceptedAt: message.acceptedAt,
    accepted: stamp === undefined && became === undefined ? null : formatAccepted(stamp ?? message.acceptedAt, became),
    alert: message.alertId,
    action: message.action,
    note: message.noteId,
    contentType: message.contentType,
    timeout: message.timeout,
    requestId: message.requestId,
    hops: formatHops(hops),
    sender: message.sender,
    credential: message.credential,
    ...(message.trace === undefined ? {} : { trace: traceText(message.trace) }),
    ...(body === null ? {} : isUtf8(body) ? { body: String(body) } : { bodyBase64: body.toString('base64') }),
    ...(dead === undefined ? {} : { dead }),
  }
}

/** The first line of an export; a text says why it is none that can be taken in. */
export function readHeader(text: string): ExportHeader | string {
  const header = headerSchema.safeParse(parsed(text))
  if (!header.success) return 'the first line is not that of an export'
  const { version } = header.data
  return version > VERSION ? `it has version ${version}, this relay reads up to ${VERSION}` : header.data
}

/** A line of an export; 'end': its last one; else a text says what is wrong with it. */
export function readLine(text: string): Exported | 'end' | { readonly problem: string } {
  const json = parsed(text)
  if (json === undefined) return { problem: 'it is not JSON' }
  if (endSchema.safeParse(json).success) return 'end'
  const line = exportedSchema.safeParse(json)
  if (!line.success) {
    const [issue] = line.error.issues
    return { problem: `${issue?.path.join('.') || 'it'}: ${issue?.message}` }
  }
  return { message: messageOf(line.data), ...(line.data.dead === undefined ? {} : { dead: line.data.dead }) }
}

function messageOf(line: z.output<typeof exportedSchema>): Message {
  return {
    messageId: line.message as MessageId,
    kind: line.kind,
    acceptedAt: line.acceptedAt,
    ...(line.accepted === null ? { stamp: undefined, became: undefined } : parseAccepted(line.accepted)),
    alertId: line.alert,
    action: line.action,
    noteId: line.note,
    contentType: line.contentType,
    timeout: line.timeout,
    requestId: line.requestId,
    hops: parseHops(line.hops),
    sender: line.sender,
    credential: line.credential,
    trace: line.trace === undefined ? undefined : traceOf(line.trace),
    body: bodyOf(line),
  }
}

function bodyOf({ body, bodyBase64 }: z.output<typeof exportedSchema>): Buffer | null {
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64')
  return body === undefined ? null : Buffer.from(body)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
