import type { Context } from 'hono'
import type { Login } from '../auth/login.js'
import type { Log } from '../base/log.js'
import type { Repeats } from '../base/repeats.js'
import { createBodies } from './body.js'
import type { IngressEnv } from './env.js'
import { parseObject } from './json-object.js'
import type { Origin } from './proxies.js'
import { Refused } from './refused.js'
import { checkJsonType } from './told-by.js'

/** Anybody may send one: a name, a password, and little else. */
const BODIES = { body: 16 * 1024, bodies_in_flight: 1024 * 1024 }

export interface LoginRouteDeps {
  /** undefined: nobody can log in */
  readonly login?: Login | undefined
  readonly origins: (incoming: IngressEnv['Bindings']['incoming']) => Origin
  readonly repeats: Pick<Repeats, 'first'>
  readonly log: Log
}

/** POST /auth/login: `username`, or Alerta's older `email`, and `password`; answers `{token}`. */
export function createLoginRoute({ login, origins, repeats, log }: LoginRouteDeps) {
  const bodies = createBodies(BODIES)
  return async (c: Context<IngressEnv>): Promise<Response> => {
    if (login === undefined) throw new Refused(403, 'Nobody can log in here: the relay has no secret_key')
    const { incoming, outgoing } = c.env
    checkJsonType(incoming)
    const parsed = parseObject(await bodies(incoming, outgoing).read())
    if (!parsed.ok) throw new Refused(400, parsed.problem)
    const { username, email, password } = parsed.value.fields
    const name = username || email
    if (typeof name !== 'string' || typeof password !== 'string') {
      throw new Refused(401, "must supply 'username' and 'password'")
    }
    const { sender } = origins(incoming)
    const result = await login(name, password, sender)
    if (result.ok) return c.json({ token: result.token })
    // anybody may try, as often as he likes
    const isNew = repeats.first('login refused', { sender, status: String(result.status) })
    const facts = { request: c.get('requestId'), sender, status: result.status, why: result.message }
    if (isNew) log.warn(facts, 'login refused')
    else log.debug(facts, 'login refused')
    throw new Refused(result.status, result.message, result.headers)
  }
}
