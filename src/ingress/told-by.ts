import type { IncomingMessage } from 'node:http'
import { parseHops } from '../model/hops.js'
import { parseTrace } from '../model/trace-context.js'
import type { Visit } from './entrance.js'
import { Refused } from './refused.js'

const JSON_TYPE = /^\s*application\/([\w.+-]+\+)?json\s*(;|$)/i

/** Headers by names in lower case, as node has them. */
export interface Headed {
  readonly headers: IncomingMessage['headers']
}

/** What a write says of itself in its headers. */
export const toldBy = ({ headers }: Headed): Pick<Visit, 'hops' | 'offeredId' | 'offeredStamp' | 'trace'> => ({
  hops: parseHops(single(headers['x-alerta-loop'])),
  offeredId: single(headers['x-alerta-message']),
  offeredStamp: single(headers['x-alerta-accepted']),
  trace: parseTrace(single(headers.traceparent), single(headers.tracestate)),
})

/** Throws Refused 415. */
export function checkJsonType({ headers }: Headed): void {
  if (JSON_TYPE.test(headers['content-type'] ?? '')) return
  throw new Refused(415, "POST and PUT requests must set 'Content-type' to 'application/json'")
}

/** Node joins repeated lines of these headers itself. */
export const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(',') : header
