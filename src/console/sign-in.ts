import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Principal } from '../auth/principal.js'
import { allows } from '../auth/scopes.js'
import type { Sessions, SigningIn } from '../auth/session.js'
import { type Clock, iso } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Repeats } from '../base/repeats.js'
import { isFromOwnPage } from './same-page.js'
import type { ConsoleEnv } from './serve.js'

export interface SignInDeps {
  /** those in force */
  readonly sessions: () => Sessions
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  readonly repeats: Pick<Repeats, 'first'>
}

const signingIn: z.ZodType<SigningIn> = z.union([
  z.strictObject({ username: z.string().min(1).max(1_000), password: z.string().min(1).max(1_000) }),
  z.strictObject({ key: z.string().trim().min(1).max(1_000) }),
])

/** Signing in and out, and who is signed in. Nothing of it answers to another site's page. */
export function serveSignIn(app: Hono<ConsoleEnv>, { sessions, clock, log, repeats }: SignInDeps): void {
  app.use('/session', async (c, next) => {
    c.header('Cache-Control', 'no-store')
    const { headers, scheme, host } = c.env
    if (!isFromOwnPage(headers, { scheme, host })) return refuse(c, 403, 'This is for the pages of the console only')
    return next()
  })

  app.get('/session', (c) => {
    const { name, read } = sessions()
    const session = read(tokenOf(c.req.header('cookie'), namesOf(name, c.env.scheme)) ?? '')
    return c.json({ status: 'ok', session: session === undefined ? null : told(session.principal, session.expiresAt) })
  })
  app.post('/session', async (c) => {
    const asked = signingIn.safeParse(await bodyOf(c))
    if (!asked.success) return refuse(c, 400, 'Give a user name and a password, or an API key')
    const { sender, requestId: request } = c.env
    const { name, open } = sessions()
    const opened = await open(asked.data, sender)
    if (!opened.ok) {
      tell({ request, sender, status: opened.status, why: opened.message })
      return refuse(c, opened.status, opened.message, opened.headers)
    }
    const { principal, expiresAt } = opened
    const why = whyNot(principal)
    if (why !== undefined) {
      tell({ request, sender, credential: principal.name, status: 403, why })
      return refuse(c, 403, why)
    }
    log.info({ request, sender, credential: principal.name }, 'console sign-in')
    c.header('Set-Cookie', cookie(c, name, opened.token, Math.floor((expiresAt - clock.now()) / 1_000)))
    return c.json({ status: 'ok', session: told(principal, expiresAt) })
  })
  /** Anybody can try as often as they like, and the log is for other things too. */
  function tell(facts: Readonly<Record<string, unknown>> & { readonly sender: string; readonly status: number }): void {
    const of = { sender: facts.sender, status: String(facts.status) }
    if (repeats.first('console sign-in refused', of)) log.warn(facts, 'console sign-in refused')
    else log.debug(facts, 'console sign-in refused')
  }
  app.delete('/session', (c) => {
    c.header('Set-Cookie', cookie(c, sessions().name, '', 0))
    return c.json({ status: 'ok', session: null })
  })
}

/** Why somebody who is who they say would see nothing. */
function whyNot(principal: Principal): string | undefined {
  if (principal.customers.length > 0) return 'A credential that is bound to customers cannot look at what concerns all'
  return allows(principal, 'read:management')
    ? undefined
    : 'This credential may not look: it needs the scope read:management'
}

/** What the page needs to know: it hides what would be refused. */
const told = (principal: Principal, expiresAt: number) => ({
  name: principal.name,
  expires: iso(expiresAt),
  may: {
    operate: allows(principal, 'admin:management'),
    act: allows(principal, 'write:alerts'),
  },
})

async function bodyOf(c: Context): Promise<unknown> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) return undefined
  try {
    return JSON.parse(await c.req.text())
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function refuse(c: Context<ConsoleEnv>, code: 400 | 401 | 403 | 429, message: string, headers = {}): Response {
  return c.json({ status: 'error', message, code, errors: null, requestId: c.env.requestId }, code, headers)
}

/** With that prefix a browser takes it over TLS only, and gives it to no other host (RFC 6265bis, 4.1.3.2). */
const hostOnly = (name: string): string => `__Host-${name}`

/** Where TLS is, only that one: a neighbouring host can have a browser send others, and so sign somebody in as itself. */
export const namesOf = (name: string, scheme: 'http' | 'https'): readonly string[] =>
  scheme === 'https' ? [hostOnly(name)] : [hostOnly(name), name]

function cookie(c: Context<ConsoleEnv>, name: string, value: string, seconds: number): string {
  const isSecure = c.env.scheme === 'https'
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`
  return isSecure ? `${hostOnly(name)}=${value}; ${attributes}; Secure` : `${name}=${value}; ${attributes}`
}

/** Of the first of these cookies that is there. */
export function tokenOf(header: string | undefined, names: readonly string[]): string | undefined {
  const pairs = new Map(
    (header ?? '').split(';').map((pair) => {
      const [name = '', ...value] = pair.trim().split('=')
      return [name, value.join('=')] as const
    }),
  )
  return names.map((name) => pairs.get(name)).find((value) => value !== undefined && value !== '')
}
