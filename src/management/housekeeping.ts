import type { Context, Env, Hono, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { RecordChange } from './operator/trail.js'

/** What one run has done; alerts by their ids. */
export interface Kept {
  readonly expired: readonly string[]
  readonly unshelved: readonly string[]
  readonly unacked: readonly string[]
  /** why nothing was done; undefined: it was */
  readonly paused: string | undefined
}

export interface HousekeepingDeps<E extends Env> {
  /** ms; undefined: as configured */
  readonly run: (after: { readonly expiredMs?: number; readonly infoMs?: number }) => Promise<Kept>
  /** writes down who changes what */
  readonly record: RecordChange
  /** who asks */
  readonly operator: (c: Context<E>) => { readonly name: string; readonly from: string }
}

const HOUR_MS = 3_600_000
/** Later than anything that is kept. */
const MOST_HOURS = 3650 * 24

/**
 * `GET` and `POST /management/housekeeping?expired=&info=` (scope admin:management), as `alerta housekeeping` asks: hours;
 * 0, and what is no number, is as configured (alerta/management/views.py).
 */
export function mountHousekeeping<E extends Env>(
  api: Hono<E>,
  gate: MiddlewareHandler<E>,
  { run, record, operator }: HousekeepingDeps<E>,
): void {
  api.on(['GET', 'POST'], '/management/housekeeping', gate, async (c) => {
    // of the credential, as the gate leaves them (ingress/env.ts)
    const { customers } = c.var as unknown as { readonly customers: readonly string[] }
    if (customers.length > 0) {
      throw new HTTPException(403, {
        message: 'A credential that is bound to customers may not do what concerns them all',
      })
    }
    const expiredMs = hours(c.req.query('expired'))
    const infoMs = hours(c.req.query('info'))
    const { expired, unshelved, unacked, paused } = await run({
      ...(expiredMs === undefined ? {} : { expiredMs }),
      ...(infoMs === undefined ? {} : { infoMs }),
    })
    const count = expired.length + unshelved.length + unacked.length
    // asked for once a minute where Alerta's housekeeping was: what changed nothing is not worth a line
    const fields = { expired: expired.length, unshelved: unshelved.length, unacked: unacked.length }
    if (count > 0)
      await record({ command: 'housekeeping', operator: operator(c as unknown as Context<E>), fields }, async () => {})
    const why = paused === undefined ? {} : { message: `housekeeping pauses: ${paused}` }
    return c.json({ status: 'ok', ...why, expired, unshelve: unshelved, unack: unacked, count })
  })
}

function hours(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+$/.test(text) || Number(text) === 0) return undefined
  return Math.min(Number(text), MOST_HOURS) * HOUR_MS
}
