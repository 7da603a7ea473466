import type { DestinationConfig } from '../config/destination.js'
import type { Hop } from '../model/hops.js'
import type { Ids } from '../model/ids.js'
import type { Client } from './client.js'
import type { Answer } from './exchange.js'
import { loopHeader } from './loop-header.js'
import { toNote } from './note.js'
import type { Ours } from './ours.js'
import { type Read, unreadable } from './read.js'
import { createRedactor } from './redact.js'
import { escapeId, pathBelow, userAgent } from './request.js'
import { parseObject } from './shape.js'

/** Asks another relay what it knows of an alert. `hops`: who has asked before us. Never rejects for what a peer does. */
export type AskTrace = (
  id: string,
  asked: { readonly hops: readonly Hop[]; readonly withinMs: number },
) => Promise<Read<object>>

/** Two hundred messages a relay, each at several destinations, of a handful of relays. */
const MAX_BYTES = 8 * 1024 * 1024

/** Undefined for what is no relay: it knows no such question. */
export function createTraceReader(
  destination: DestinationConfig,
  deps: { readonly client: Client; readonly ours: Ours; readonly ids: Ids },
): AskTrace | undefined {
  if (destination.kind !== 'relay') return undefined
  const { client, ours, ids } = deps
  const redact = createRedactor(destination.auth)
  return async (id, { hops, withinMs }) => {
    const path = pathBelow(destination, `/management/trace/${escapeId(id)}?within=${Math.floor(withinMs)}`)
    const headers = {
      'user-agent': userAgent(ours),
      'x-request-id': ids.id(),
      'x-alerta-loop': loopHeader(destination, hops, ours),
    }
    const request = { method: 'GET', path, headers, body: null } as const
    const exchange = await client.exchange(request, AbortSignal.timeout(Math.ceil(withinMs)), MAX_BYTES)
    const answer: Read<object> =
      exchange.kind === 'answer' ? read(exchange) : { kind: 'failed', why: `no answer: ${exchange.why}` }
    return answer.kind === 'read' ? answer : { ...answer, why: toNote(redact(answer.why)) }
  }
}

function read({ status, body }: Answer): Read<object> {
  const told = body === undefined ? undefined : parseObject(body)
  if (status === 200 && told !== undefined) return { kind: 'read', value: told }
  const said = typeof told?.message === 'string' ? `: ${told.message}` : ''
  if (status === 401 || status === 403) {
    return unreadable(`it does not let us ask, for which our credential there needs the scope read:management${said}`)
  }
  if (status === 404) return unreadable('it cannot be asked: it is an older relay, or none')
  return unreadable(`it answered ${status}${said}`)
}
