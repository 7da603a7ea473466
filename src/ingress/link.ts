import type { Hono } from 'hono'
import type { Counters } from '../base/counters.js'
import type { Ids } from '../model/ids.js'
import { type BatchedAnswer, type BatchLimits, LINK_PATH } from '../model/link.js'
import type { Answer } from './answers.js'
import type { Entrance } from './entrance.js'
import type { IngressEnv } from './env.js'
import type { TellError } from './errors.js'
import { type Batched, readBatch } from './link-body.js'
import type { LinkRoutes } from './link-routes.js'
import { Refused } from './refused.js'
import { requestIdOf } from './request-id.js'
import type { Several, Turn } from './several.js'

export interface LinkDeps {
  readonly routes: Pick<LinkRoutes, 'find'>
  readonly tellError: TellError
  readonly limits: BatchLimits
  /** bytes of the headers of one message, as of one request */
  readonly headers: number
  readonly ids: Ids
  readonly counters: Counters
}

/**
 * POST /relay/messages: many messages of another relay in one request. Each is received as if it had come by itself, and
 * is answered by itself, after its commit; they come to the store in their order, and so into one transaction.
 */
export function mountLink(api: Hono<IngressEnv>, entrance: Pick<Entrance, 'several'>, deps: LinkDeps): void {
  api.post(LINK_PATH, async (c) => {
    const several = await entrance.several(c)
    const encoding = c.env.incoming.headers['content-encoding']
    const batch = await readBatch({ bytes: several.body, encoding, hold: several.hold }, deps.limits)
    deps.counters.add('batches received')
    const turns = turnsFor(batch.length)
    const answers = await Promise.all(
      batch.map((one, i) => answerOne(one, several, turns[i] as Turn, deps).finally(turns[i]?.done)),
    )
    return c.json({ status: 'ok', answers })
  })
}

async function answerOne(one: Batched, several: Several, turn: Turn, deps: LinkDeps): Promise<BatchedAnswer> {
  const { method, path, headers, body } = one
  const requestId = requestIdOf(headers['x-request-id'], deps.ids)
  try {
    if (sizeOf(headers) > deps.headers) throw new Refused(431, 'request headers are too large')
    const route = deps.routes.find(method, path)
    if (route === undefined) throw new Refused(404, 'not found')
    const { wanted, receive, urlId, urlNoteId } = route
    const part = { requestId, method, headers, urlId, urlNoteId, body, turn }
    return brief(await several.visit(part, wanted, receive))
  } catch (error) {
    return brief(deps.tellError(error as Error, requestId))
  }
}

const sizeOf = (headers: Batched['headers']): number =>
  Object.entries(headers).reduce((bytes, [name, value]) => bytes + name.length + value.length, 0)

/** An answer repeats its alert for clients that show it; a relay acts upon these. */
function brief({ status, headers, body }: Pick<Answer, 'body' | 'headers'> & { status: number }): BatchedAnswer {
  const { status: said, id, message } = body
  const { 'Retry-After': after } = headers ?? {}
  // what is undefined is left out of the JSON
  const answer = { status, body: { status: said, id, message } }
  return after === undefined ? answer : { ...answer, headers: { 'retry-after': after } }
}

/** One for each message; each waits for those before it. */
function turnsFor(count: number): readonly Turn[] {
  const turns: Turn[] = []
  for (let come = Promise.resolve(); turns.length < count; ) {
    let done = (): void => {}
    const next = new Promise<void>((resolve) => {
      done = resolve
    })
    turns.push({ come, done })
    // all before it, also where a later one is refused sooner
    come = Promise.all([come, next]).then(() => {})
  }
  return turns
}
