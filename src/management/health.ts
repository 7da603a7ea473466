import type { Context, Env, Hono } from 'hono'
import type { Readiness } from './readiness.js'

export interface HealthDeps {
  /** a heartbeat that is silent for long (delivery/heartbeat-watch.ts) */
  readonly stale: () => Promise<{ readonly origin: string } | undefined>
  readonly readiness: Pick<Readiness, 'trouble'>
  /** undefined: it listens, and goes on doing so */
  readonly ending: () => 'stopping' | undefined
}

/**
 * Alerta's two health pages, plain text and for everybody: gtg for load balancers, healthcheck also tells of origins that
 * have fallen silent. And two for orchestrators: live (restart it where this does not answer) and ready (send nothing
 * where this is not 200). How it stands with destinations is no part of any: their queues are what the relay is for.
 */
export function mountHealth<E extends Env>(api: Hono<E>, { readiness, stale, ending }: HealthDeps): void {
  const answer = (c: Context, wrong: string | undefined): Response =>
    wrong === undefined ? c.text('OK') : c.text(wrong, 503)
  api.get('/management/gtg', async (c) => answer(c, await readiness.trouble()))
  api.get('/management/healthcheck', async (c) => answer(c, (await readiness.trouble()) ?? (await silence())))
  // neither a full disk nor a locked database gets better by a restart
  api.get('/management/live', (c) => c.text('OK'))
  api.get('/management/ready', async (c) => answer(c, ending() === 'stopping' ? 'STOPPING' : await readiness.trouble()))

  async function silence(): Promise<string | undefined> {
    const heartbeat = await stale()
    return heartbeat === undefined ? undefined : `HEARTBEAT_STALE: ${printable(heartbeat.origin)}`
  }
}

/** It goes to terminals too. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '?')
