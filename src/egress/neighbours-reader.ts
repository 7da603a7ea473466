import type { DestinationConfig } from '../config/destination.js'
import type { Ids } from '../model/ids.js'
import type { Client } from './client.js'
import { toNote } from './note.js'
import type { Ours } from './ours.js'
import { type Read, unreadable } from './read.js'
import { createRedactor } from './redact.js'
import { pathBelow, userAgent } from './request.js'
import { parseObject } from './shape.js'

/** Asks another relay where it sends to. Never rejects for what a peer does. */
export type AskNeighbours = () => Promise<Read<object>>

/** 500 destinations, each with a few names. */
const MAX_BYTES = 1024 * 1024
/** Somebody looks at the map: what takes longer is as good as silent. */
const WITHIN_MS = 5_000

/** Undefined for what is no relay: it knows no such question. */
export function createNeighboursReader(
  destination: DestinationConfig,
  { client, ours, ids }: { readonly client: Client; readonly ours: Ours; readonly ids: Ids },
): AskNeighbours | undefined {
  if (destination.kind !== 'relay') return undefined
  const redact = createRedactor(destination.auth)
  return async () => {
    const headers = { 'user-agent': userAgent(ours), 'x-request-id': ids.id() }
    const path = pathBelow(destination, '/management/neighbours')
    const signal = AbortSignal.timeout(WITHIN_MS)
    const exchange = await client.exchange({ method: 'GET', path, headers, body: null }, signal, MAX_BYTES)
    if (exchange.kind !== 'answer') return { kind: 'failed', why: toNote(redact(`no answer: ${exchange.why}`)) }
    const told = exchange.body === undefined ? undefined : parseObject(exchange.body)
    if (exchange.status === 200 && told !== undefined) return { kind: 'read', value: told }
    return unreadable(toNote(redact(whyNot(exchange.status))))
  }
}

function whyNot(status: number): string {
  if (status === 401 || status === 403) return 'it does not tell: our credential there needs the scope read:management'
  return status === 404 ? 'it does not tell: it is an older relay, or none' : `it answered ${status}`
}
