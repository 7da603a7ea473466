import { Hono } from 'hono'
import type { Session } from '../auth/session.js'
import type { ConsoleFile } from './files.js'
import { SAFE, sendFile } from './page.js'
import { type Headers, isFromOwnPage } from './same-page.js'
import { namesOf, type SignInDeps, serveSignIn, tokenOf } from './sign-in.js'

/** Who asks, as the way in has understood it, trusted proxies included. */
export interface Visitor {
  readonly headers: Headers
  /** address */
  readonly sender: string
  readonly host: string | undefined
  readonly scheme: 'http' | 'https'
  readonly requestId: string
}

export interface ConsoleEnv {
  Bindings: Visitor
}

export interface ConsoleDeps extends SignInDeps {
  /** as built, by name; none: it was not built */
  readonly files: ReadonlyMap<string, ConsoleFile>
}

export interface Console {
  /** `request`: its path is what stands below /console */
  fetch(request: Request, visitor: Visitor): Response | Promise<Response>
  /** Who signed in here and asks from a page of ours; only operators' requests take it. */
  sessionOf(visitor: Pick<Visitor, 'headers' | 'host' | 'scheme'>): Session | undefined
}

const PAGE = 'index.html'

/** The web console: its files, and who is signed in. */
export function createConsole(deps: ConsoleDeps): Console {
  const { files } = deps
  const page = files.get(PAGE)
  const app = new Hono<ConsoleEnv>()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SAFE)) c.header(name, value)
  })
  serveSignIn(app, deps)
  app.get('/', (c) => (page === undefined ? notBuilt() : sendFile(c, page, true)))
  app.get('/:file', (c) => {
    const file = files.get(c.req.param('file'))
    return file === undefined || file === page ? c.notFound() : sendFile(c, file, false)
  })
  app.notFound((c) => {
    const { requestId } = c.env
    return c.json({ status: 'error', message: 'not found', code: 404, errors: null, requestId }, 404)
  })
  return {
    fetch: (request, visitor) => app.fetch(request, visitor),
    sessionOf({ headers, host, scheme }) {
      if (typeof headers.cookie !== 'string' || !isFromOwnPage(headers, { host, scheme })) return undefined
      const { name, read } = deps.sessions()
      const token = tokenOf(headers.cookie, namesOf(name, scheme))
      return token === undefined ? undefined : read(token)
    },
  }
}

const notBuilt = (): Response =>
  new Response('The console was not built: `npm run build` builds it.\n', { status: 503 })
