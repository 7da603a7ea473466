import type { Context, Env, Hono } from 'hono'
import type { Clock } from '../base/clock.js'
import { type Store, StoreUnavailable } from '../store/contract.js'

export interface HealthDeps {
  readonly store: Store
  readonly room: () => 'ok' | 'disk low'
  readonly clock: Clock
}

/** Alerta's two health pages, plain text and for everybody: gtg for load balancers, healthcheck for humans. */
export function mountHealth<E extends Env>(api: Hono<E>, { store, room, clock }: HealthDeps): void {
  async function trouble(): Promise<string | undefined> {
    if (room() === 'disk low') return 'DISK_LOW'
    try {
      await store.touch(clock.now())
      return undefined
    } catch (error) {
      if (error instanceof StoreUnavailable) return 'STORE_UNAVAILABLE'
      throw error
    }
  }
  const answer = async (c: Context): Promise<Response> => {
    const wrong = await trouble()
    return wrong === undefined ? c.text('OK') : c.text(wrong, 503)
  }
  api.get('/management/gtg', answer)
  api.get('/management/healthcheck', answer)
}
