import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { type BatchedHead, type BatchLimits, LINK_TYPE } from '../model/link.js'
import type { Answer, Exchange, OutgoingRequest } from './exchange.js'
import { parseObject, readShape } from './shape.js'
import { isBusy } from './status.js'

const compress = promisify(gzip)
/** Level 1 makes messages a tenth already, in a third of the time of the usual level. */
const LEVEL = constants.Z_BEST_SPEED

/** A request as it stands in a batch. */
export interface Entry {
  readonly request: OutgoingRequest
  /** its BatchedHead as JSON */
  readonly head: string
  /** of head and body */
  readonly bytes: number
}

/** `below`: the path of the destination's url, which the request's path begins with. */
export function entryOf(request: OutgoingRequest, below: string): Entry {
  const { 'user-agent': _, ...headers } = request.headers
  const told = {
    method: request.method as BatchedHead['method'],
    path: request.path.slice(below.length),
    headers,
    bytes: request.body?.length ?? null,
  } satisfies BatchedHead
  const head = JSON.stringify(told)
  return { request, head, bytes: Buffer.byteLength(head) + (request.body?.length ?? 0) + 1 }
}

/** How many of the entries, from the first on, make one batch: one at least. */
export function fitting(entries: readonly Pick<Entry, 'bytes'>[], limits: BatchLimits): number {
  // the brackets and the end of the line
  let bytes = 3
  let count = 0
  for (const entry of entries) {
    bytes += entry.bytes
    if (count > 0 && (count === limits.messages || bytes > limits.bytes)) return count
    count += 1
  }
  return count
}

/** The request of a batch; signed as a whole, as any other is. */
export async function batchRequest(entries: readonly Entry[], path: string): Promise<OutgoingRequest> {
  const line = Buffer.from(`[${entries.map(({ head }) => head).join(',')}]\n`)
  const bodies = entries.flatMap(({ request: { body } }) => body ?? [])
  const userAgent = entries[0]?.request.headers['user-agent']
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': LINK_TYPE,
      'content-encoding': 'gzip',
      ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
    },
    body: await compress(Buffer.concat([line, ...bodies]), { level: LEVEL }),
  }
}

/** What came of a batch. */
export type BatchResult =
  | { readonly kind: 'answers'; readonly exchanges: readonly Exchange[] }
  /** of each of its messages the same is true; `ill`: what for no further batch should be sent now */
  | { readonly kind: 'same for all'; readonly exchange: Exchange; readonly ill: string | undefined }
  /** nothing that takes batches is there: they were not looked at, or who answers does not say what became of them */
  | { readonly kind: 'not taken'; readonly why: string }

export function resultOf(whole: Exchange, count: number): BatchResult {
  if (whole.kind !== 'answer') return { kind: 'same for all', exchange: whole, ill: whole.why }
  const { status } = whole
  if (isBusy(status)) return { kind: 'same for all', exchange: whole, ill: undefined }
  if (status === 401 && readShape(whole).kind === 'error') {
    return { kind: 'same for all', exchange: whole, ill: 'it does not take our credential' }
  }
  if (status >= 500 || (status === 200 && whole.body === undefined && !whole.oversized)) {
    // no fault of any one message: of whose a 5xx is none can tell here
    const why = status === 200 ? 'the answer to a batch broke off' : `answered ${status} to a batch`
    return { kind: 'same for all', exchange: { kind: 'unknown', why }, ill: why }
  }
  const exchanges = status === 200 ? exchangesIn(whole, count) : undefined
  if (exchanges === undefined) return { kind: 'not taken', why: `answered ${status} to a batch` }
  return { kind: 'answers', exchanges }
}

/** One for each message, as if it had been sent by itself. */
function exchangesIn({ body = '' }: Answer, count: number): readonly Exchange[] | undefined {
  const { answers } = parseObject(body) ?? {}
  if (!Array.isArray(answers) || answers.length !== count) return undefined
  const exchanges = answers.map(exchangeOf)
  return exchanges.every((one) => one !== undefined) ? exchanges : undefined
}

function exchangeOf(told: unknown): Exchange | undefined {
  if (!isObject(told) || !isObject(told.body) || typeof told.status !== 'number') return undefined
  const after = isObject(told.headers) ? told.headers['retry-after'] : undefined
  const headers = { 'content-type': 'application/json', ...(typeof after === 'string' ? { 'retry-after': after } : {}) }
  return { kind: 'answer', status: told.status, headers, body: JSON.stringify(told.body), oversized: false }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
