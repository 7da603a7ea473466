import type { Context, Hono } from 'hono'
import { createBodies } from './body.js'
import type { IngressEnv } from './env.js'
import type { Origin } from './proxies.js'
import { refuseTrace } from './refused.js'

/** The web console, which stands in another room (console/serve.ts). */
export interface ConsolePages {
  fetch(
    request: Request,
    visitor: Origin & { readonly headers: IngressEnv['Bindings']['incoming']['headers']; readonly requestId: string },
  ): Response | Promise<Response>
}

const PATH = '/console'
/** Anybody may send one: a name and a password, or a key. */
const BODIES = { body: 16 * 1024, bodies_in_flight: 1024 * 1024 }

/** Everything below /console; by whichever prefix it is reached, its files stand beside it. */
export function mountConsole(
  api: Hono<IngressEnv>,
  {
    pages,
    origins,
  }: { readonly pages: ConsolePages; readonly origins: (incoming: IngressEnv['Bindings']['incoming']) => Origin },
): void {
  const bodies = createBodies(BODIES)
  api.all(PATH, (c) => c.redirect('console/', 308))
  api.on('TRACE', `${PATH}/*`, refuseTrace)
  api.all(`${PATH}/*`, async (c) => {
    const { incoming, outgoing } = c.env
    const visitor = { ...origins(incoming), headers: incoming.headers, requestId: c.get('requestId') }
    const body = bodies(incoming, outgoing)
    return pages.fetch(below(c, body.present ? await body.read() : undefined), visitor)
  })
}

/** The same request, without the prefix by which it came. */
function below(c: Context<IngressEnv>, body: Buffer | undefined): Request {
  const url = new URL(c.req.url)
  url.pathname = url.pathname.slice(c.req.routePath.replace(/\/\*$/, '').length)
  const { method, raw } = c.req
  const isRead = method === 'GET' || method === 'HEAD'
  return new Request(url, {
    method,
    headers: raw.headers,
    ...(isRead || body === undefined ? {} : { body: new Uint8Array(body) }),
  })
}
