import { iso } from '../base/clock.js'
import { unreachable } from '../base/unreachable.js'
import type { DestinationConfig } from '../config/destination.js'
import type { Delivery } from '../model/delivery.js'
import type { Message } from '../model/message.js'
import type { OutgoingRequest } from './exchange.js'
import { loopHeader } from './loop-header.js'
import type { Ours } from './ours.js'

const CONTENT_TYPE = 'application/json'

/**
 * The request of one delivery. Nothing of the original sender's headers goes out but what stands here; the body's
 * bytes are the ones that came in. Alerta's endpoints: alerta/views/alerts.py, heartbeats.py (9.1.0).
 */
export function buildRequest(
  destination: DestinationConfig,
  delivery: Pick<Delivery, 'message' | 'alias'>,
  ours: Ours,
): OutgoingRequest {
  const { message } = delivery
  const body = message.kind === 'delete' ? null : message.body
  return {
    ...target(destination, message.kind, alertId(destination, delivery)),
    headers: {
      ...(body === null ? {} : { 'content-type': CONTENT_TYPE }),
      'user-agent': userAgent(ours),
      'x-alerta-loop': loopHeader(destination, message.hops, ours),
      'x-request-id': message.requestId,
      ...(destination.kind === 'alerta' ? {} : { 'x-alerta-message': message.messageId }),
      ...(destination.kind === 'relay' ? { 'x-alerta-accepted': iso(message.stamp ?? message.acceptedAt) } : {}),
      // what the relay sends by itself has no sender
      ...(destination.forwarded_for && message.sender !== '' ? { 'x-forwarded-for': message.sender } : {}),
    },
    body,
  }
}

export const userAgent = (ours: Pick<Ours, 'version'>): string => `alerta-relay/${ours.version}`

/** The destination's path and what follows it, escaped as Hawk's signer would, so that both mean the same bytes. */
export function pathBelow(destination: Pick<DestinationConfig, 'url'>, rest: string): string {
  const base = new URL(destination.url).pathname.replace(/\/+$/, '')
  return `${base}${rest}`.replace(/['|^`{}]/g, percent)
}

/** Only a peer of Alerta's kind has ids of its own; an http system never told us one. */
const alertId = (destination: DestinationConfig, { message, alias }: Pick<Delivery, 'message' | 'alias'>): string =>
  destination.kind === 'http' ? message.alertId : (alias ?? message.alertId)

function target(
  destination: DestinationConfig,
  kind: Message['kind'],
  id: string,
): Pick<OutgoingRequest, 'method' | 'path'> {
  switch (kind) {
    case 'alert':
      return { method: 'POST', path: pathBelow(destination, '/alert') }
    case 'action':
      return { method: 'PUT', path: pathBelow(destination, `/alert/${escapeId(id)}/action`) }
    case 'delete':
      return { method: 'DELETE', path: pathBelow(destination, `/alert/${escapeId(id)}`) }
    case 'heartbeat':
      return { method: 'POST', path: pathBelow(destination, '/heartbeat') }
    default:
      return unreachable(kind)
  }
}

/** Through a Buffer, for an id may hold half a surrogate pair, on which encodeURIComponent throws. */
export const escapeId = (id: string): string =>
  encodeURIComponent(Buffer.from(id).toString()).replace(/[!'()*]/g, percent)

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
