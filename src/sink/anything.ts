import type { Context } from 'hono'
import type { SinkEnv } from './env.js'

/** Tells the caller what arrived, in httpbin's form. */
export function echo(c: Context<SinkEnv>): Response {
  const { incoming } = c.env
  return c.json({
    method: incoming.method,
    url: c.req.url,
    args: c.req.query(),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ),
    data: c.get('body').toString(),
    json: c.get('json') ?? null,
    origin: incoming.socket.remoteAddress,
  })
}
