import type { MiddlewareHandler } from 'hono'
import type { Authenticate } from '../auth/verdict.js'
import { endpointOf } from './describe.js'
import { errorBody, type SinkEnv } from './env.js'

/** Open without a credential, as at Alerta; a wrong one is refused there too. */
const OPEN = new Set(['/config', '/management/gtg'])

/** A strict receiver: 401 to all that is not rightly signed. Without `authenticate` nothing is checked. */
export function createSignIn(authenticate: () => Authenticate | undefined): MiddlewareHandler<SinkEnv> {
  return async (c, next): Promise<Response | undefined> => {
    const check = authenticate()
    if (check === undefined) {
      await next()
      return undefined
    }
    const { method = '', url = '', headers } = c.env.incoming
    const body = c.get('body')
    const verdict = await check({
      method,
      target: url,
      host: headers.host,
      scheme: 'http',
      sender: c.env.incoming.socket.remoteAddress ?? '',
      authorization: headers.authorization,
      xApiKey: Array.isArray(headers['x-api-key']) ? headers['x-api-key'][0] : headers['x-api-key'],
      queryApiKey: c.req.query('api-key'),
      contentType: headers['content-type'],
      body: body.length === 0 ? undefined : async () => body,
    })
    if (verdict.ok) c.get('received').who = verdict.principal.name
    else if (!verdict.absent || !OPEN.has(endpointOf(c.req.path))) {
      return c.json(errorBody(verdict.status, verdict.message), verdict.status, { ...verdict.headers })
    }
    await next()
    return undefined
  }
}
