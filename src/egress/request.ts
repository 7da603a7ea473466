import { percentEncoded } from '../base/percent.js'
import { unreachable } from '../base/unreachable.js'
import type { DestinationConfig } from '../config/destination.js'
import { formatAccepted } from '../model/accepted.js'
import type { Delivery } from '../model/delivery.js'
import { type TraceContext, traceparent } from '../model/trace-context.js'
import type { OutgoingRequest } from './exchange.js'
import { loopHeader } from './loop-header.js'
import type { Ours } from './ours.js'

const CONTENT_TYPE = 'application/json'

/** A message, and the ids under which its destination knows what it is about. */
export type Addressed = Pick<Delivery, 'message' | 'alias' | 'noteAlias'> & {
  /** its number, where it is a delivery */
  readonly attempt?: number
  /** the destination is told it; undefined: none */
  readonly trace?: TraceContext | undefined
}

/**
 * The request of one delivery. Nothing of the original sender's headers goes out but what stands here; the body's
 * bytes are the ones that came in. Alerta's endpoints: alerta/views/alerts.py, heartbeats.py (9.1.0).
 */
export function buildRequest(destination: DestinationConfig, delivery: Addressed, ours: Ours): OutgoingRequest {
  const { message, trace } = delivery
  // a webhook that came by GET has an empty body
  const body =
    message.body === null || (message.kind === 'webhook' && message.contentType === null) ? null : message.body
  const { method, path } = target(destination, delivery)
  const headers: Record<string, string> = {
    'user-agent': userAgent(ours),
    'x-alerta-loop': loopHeader(destination, message.hops, ours),
    'x-request-id': message.requestId,
  }
  if (body !== null) headers['content-type'] = message.contentType ?? CONTENT_TYPE
  if (trace !== undefined) headers.traceparent = traceparent(trace)
  if (trace?.state !== undefined) headers.tracestate = trace.state
  if (destination.kind !== 'alerta') headers['x-alerta-message'] = message.messageId
  if (destination.kind === 'relay') {
    headers['x-alerta-accepted'] = formatAccepted(message.stamp ?? message.acceptedAt, message.became)
  }
  // what the relay sends by itself has no sender
  if (destination.forwarded_for && message.sender !== '') headers['x-forwarded-for'] = message.sender
  return { method, path, headers, body, batch: mayBeBatched(destination, delivery) }
}

/** What failed goes by itself the next time: were it what a whole batch fails by, all the others would fail with it. */
const mayBeBatched = ({ batch }: DestinationConfig, { message, attempt }: Addressed): boolean =>
  batch && attempt === 1 && message.kind !== 'webhook'

export const userAgent = (ours: Pick<Ours, 'version'>): string => `alerta-relay/${ours.version}`

/** The destination's path and what follows it, escaped as Hawk's signer would, so that both mean the same bytes. */
export function pathBelow(destination: Pick<DestinationConfig, 'url'>, rest: string): string {
  return `${pathOf(destination)}${rest}`.replace(/['|^`{}]/g, percent)
}

const paths = new WeakMap<Pick<DestinationConfig, 'url'>, string>()

/** Taken out of its URL once. */
function pathOf(destination: Pick<DestinationConfig, 'url'>): string {
  const known = paths.get(destination)
  if (known !== undefined) return known
  const path = new URL(destination.url).pathname.replace(/\/+$/, '')
  paths.set(destination, path)
  return path
}

/** Only a peer of Alerta's kind has ids of its own; an http system never told us one. */
const alertId = (destination: DestinationConfig, { message, alias }: Addressed): string =>
  destination.kind === 'http' ? message.alertId : (alias ?? message.alertId)

function target(destination: DestinationConfig, delivery: Addressed): Pick<OutgoingRequest, 'method' | 'path'> {
  const { message } = delivery
  const alert = () => `/alert/${escapeId(alertId(destination, delivery))}`
  const below = (path: string): string => pathBelow(destination, path)
  switch (message.kind) {
    case 'alert':
      return { method: 'POST', path: below('/alert') }
    case 'action':
    case 'status':
    case 'tag':
    case 'untag':
    case 'attributes':
      return { method: 'PUT', path: below(`${alert()}/${message.kind}`) }
    case 'delete':
      return { method: 'DELETE', path: below(alert()) }
    case 'note': {
      const note = noteId(destination, delivery)
      if (message.action === 'add' || note === undefined) return { method: 'PUT', path: below(`${alert()}/note`) }
      const method = message.action === 'remove' ? 'DELETE' : 'PUT'
      return { method, path: below(`${alert()}/note/${escapeId(note)}`) }
    }
    case 'heartbeat':
      return { method: 'POST', path: below('/heartbeat') }
    case 'webhook':
      return { method: message.contentType === null ? 'GET' : 'POST', path: below(message.alertId) }
    default:
      return unreachable(message.kind)
  }
}

/** Undefined: the destination has not got it. Alerta gives notes ids of its own; all others take ours. */
export const noteId = (destination: DestinationConfig, { message, noteAlias }: Addressed): string | undefined =>
  destination.kind === 'http' ? (message.noteId ?? undefined) : (noteAlias ?? shared(destination, message.noteId))

const shared = ({ kind }: DestinationConfig, id: string | null): string | undefined =>
  kind === 'alerta' ? undefined : (id ?? undefined)

export const escapeId = (id: string): string => percentEncoded(id).replace(/[!'()*]/g, percent)

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
