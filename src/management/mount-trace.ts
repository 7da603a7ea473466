import type { Context, Env, Hono, MiddlewareHandler } from 'hono'
import { parseHops } from '../model/hops.js'
import { TRACE_MS, type Trace } from './trace.js'

/**
 * `GET /management/trace/:id` (scope read:management): an alert's story as this relay knows it, and those beyond it. So
 * relays ask each other: whoever has that scope here may be told.
 */
export function mountTrace<E extends Env>(api: Hono<E>, gate: MiddlewareHandler<E>, trace: Trace): void {
  api.get('/management/trace/:id', gate, async (c) => {
    const hops = parseHops(c.req.header('x-alerta-loop'))
    // of the credential, as the gate leaves them (ingress/env.ts); none: all
    const { customers } = c.var as unknown as { readonly customers: readonly string[] }
    const parts = await trace(c.req.param('id') ?? '', { hops, withinMs: withinOf(c), customers })
    if (parts !== 'ambiguous') return c.json({ status: 'ok', parts })
    return c.json({ status: 'error', message: 'several alerts have an id that begins so' }, 409)
  })
}

function withinOf(c: Context): number {
  const ms = Number(c.req.query('within'))
  return Number.isFinite(ms) && ms > 0 ? ms : TRACE_MS
}
