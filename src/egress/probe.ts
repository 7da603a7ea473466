import type { DestinationConfig } from '../config/destination.js'
import type { Ids } from '../model/ids.js'
import type { Client } from './client.js'
import type { Exchange, OutgoingRequest } from './exchange.js'
import { toNote } from './note.js'
import type { Ours } from './ours.js'
import { createRedactor } from './redact.js'
import { pathBelow, userAgent } from './request.js'
import { parseObject, readShape } from './shape.js'

export type Probed = { readonly kind: 'well' } | { readonly kind: 'ill'; readonly why: string }
export type SendProbe = (signal: AbortSignal) => Promise<Probed>

/**
 * The harmless request that shows whether a destination takes our credential again. Undefined for kind http: of an
 * arbitrary system none is known.
 */
export function createProbe(
  destination: DestinationConfig,
  deps: { readonly client: Client; readonly ours: Pick<Ours, 'version'>; readonly ids: Ids },
): SendProbe | undefined {
  const { kind } = destination
  if (kind === 'http') return undefined
  const redact = createRedactor(destination.auth)
  return async (signal) => {
    const id = deps.ids.id()
    const exchange = await deps.client.exchange(probeRequest(destination, deps.ours, id), signal)
    const probed = kind === 'alerta' ? judgeCount(exchange) : judgeConfig(exchange)
    return probed.kind === 'well' ? probed : { kind: 'ill', why: toNote(redact(probed.why)) }
  }
}

/** A relay asks for the credential before every answer; Alerta does not on /config, so it must count something. */
function probeRequest(destination: DestinationConfig, ours: Pick<Ours, 'version'>, id: string): OutgoingRequest {
  const rest = destination.kind === 'alerta' ? `/alerts/count?id=${encodeURIComponent(id)}` : '/config'
  const headers = { 'user-agent': userAgent(ours), 'x-request-id': id }
  return { method: 'GET', path: pathBelow(destination, rest), headers, body: null }
}

/** 403: the credential is known, it just may not read; a forwarding key need not. */
function judgeCount(exchange: Exchange): Probed {
  if (exchange.kind !== 'answer') return { kind: 'ill', why: exchange.why }
  const shape = readShape(exchange)
  if (exchange.status === 200 && shape.kind === 'ok') return { kind: 'well' }
  if (exchange.status === 403 && shape.kind === 'error') return { kind: 'well' }
  const said = shape.kind === 'error' ? `: ${shape.message}` : shape.kind === 'wrong' ? ` with ${shape.why}` : ''
  return { kind: 'ill', why: `answered ${exchange.status}${said}` }
}

function judgeConfig(exchange: Exchange): Probed {
  if (exchange.kind !== 'answer') return { kind: 'ill', why: exchange.why }
  const config = exchange.body === undefined ? undefined : parseObject(exchange.body)
  if (exchange.status === 200 && config !== undefined) return { kind: 'well' }
  const said = typeof config?.message === 'string' ? `: ${config.message}` : ''
  return { kind: 'ill', why: `answered ${exchange.status}${said}` }
}
