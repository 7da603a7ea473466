import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { IngressEnv } from './env.js'

/** How long a browser may remember a preflight; more is cut by browsers. */
const MAX_AGE_S = 600
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']
/** Access-Control-Allow-Origin is sent by older Alerta web UIs, for no reason, and they fail without. */
const HEADERS = ['Authorization', 'Content-Type', 'X-API-Key', 'X-Request-ID', 'Access-Control-Allow-Origin']

/**
 * CORS for `cors_origins`: an origin, `*`, or `/regular expression/` that must match in full. Cookies are not used here,
 * so Access-Control-Allow-Credentials is never sent.
 */
export function createCors(origins: readonly string[]): MiddlewareHandler<IngressEnv> {
  if (origins.length === 0) return (_, next) => next()
  const allow = allowedOrigin(origins)
  const preflight = cors({
    origin: (origin) => allow(origin),
    allowMethods: METHODS,
    allowHeaders: HEADERS,
    maxAge: MAX_AGE_S,
  })

  return (c, next) => {
    if (isPreflight(c)) return preflight(c, next)
    // by hand, for the library's way costs each request more than the relay's own work does
    const allowed = allow(c.req.header('Origin') ?? '')
    if (allowed !== undefined) c.header('Access-Control-Allow-Origin', allowed)
    if (!origins.includes('*')) c.header('Vary', 'Origin')
    return next()
  }
}

const isPreflight = (c: Context<IngressEnv>): boolean =>
  c.req.method === 'OPTIONS' && c.req.header('Access-Control-Request-Method') !== undefined

function allowedOrigin(origins: readonly string[]): (origin: string) => string | undefined {
  if (origins.includes('*')) return () => '*'
  const exact = new Set(origins)
  const patterns = origins
    .filter((entry) => /^\/.+\/$/.test(entry))
    .map((entry) => new RegExp(`^(?:${entry.slice(1, -1)})$`))
  return (origin) => (exact.has(origin) || patterns.some((pattern) => pattern.test(origin)) ? origin : undefined)
}
