import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorBody, isObject, type SinkEnv } from './env.js'

export type Members = Readonly<Record<string, unknown>>

/** Of a request that came past needJson. */
export const membersOf = (c: Context<SinkEnv>): Members => c.get('json') as Members

export const userOf = (c: Context<SinkEnv>): string => c.get('received').who ?? 'anonymous'

export const refuse = (c: Context<SinkEnv>, status: ContentfulStatusCode, message: string): Response =>
  c.json(errorBody(status, message), status)

export const needJson: MiddlewareHandler<SinkEnv> = async (c, next): Promise<Response | undefined> => {
  if (!/^application\/json\b/i.test(c.env.incoming.headers['content-type'] ?? '')) {
    return refuse(c, 415, "POST and PUT requests must set 'Content-type' to 'application/json'")
  }
  if (!isObject(c.get('json'))) return refuse(c, 400, 'the body is no JSON object')
  await next()
  return undefined
}
