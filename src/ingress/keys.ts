import type { Context, Hono } from 'hono'
import type { KeyRing } from '../auth/key-ring.js'
import { label } from '../auth/principal.js'
import { allows, type Scope } from '../auth/scopes.js'
import { type Clock, iso } from '../base/clock.js'
import { type AuthConfig, scope } from '../config/auth.js'
import type { ApiKey } from '../model/api-key.js'
import { createBodies } from './body.js'
import { parseCreateTime } from './create-time.js'
import type { Entrance } from './entrance.js'
import type { IngressEnv } from './env.js'
import { type JsonObject, parseObject } from './json-object.js'
import { onOnePage } from './one-page.js'
import { Refused } from './refused.js'
import { checkJsonType } from './told-by.js'

/** What stands in the place of a key: whoever may see this list may not use what it lists. */
const MASKED = '***'
const BODIES = { body: 16 * 1024, bodies_in_flight: 1024 * 1024 }
/** Alerta's API_KEY_EXPIRE_DAYS. */
const YEAR_MS = 365 * 86_400_000
/** What is kept of a key is its digest, from which a short one could be guessed. */
const CHOSEN_AT_LEAST = 16

export interface KeysDeps {
  readonly config: { readonly auth: Pick<AuthConfig, 'api_keys'>; readonly base_url: string }
  readonly keyRing: KeyRing
  /** writes down who changes what (management/operator/trail.ts) */
  readonly record: <T>(
    change: {
      readonly command: string
      readonly operator: { readonly name: string; readonly from: string }
      readonly fields: object
    },
    work: (note: (fields: object) => void) => Promise<T>,
  ) => Promise<T>
  readonly clock: Pick<Clock, 'now'>
}

/**
 * Alerta's requests about API keys (alerta/views/keys.py), as its command line asks them, for who administers keys. A
 * key belongs to no user, its secret is told once, when it is made, and the keys of the configuration stay there.
 */
export function mountKeys(api: Hono<IngressEnv>, gate: Entrance['gate'], deps: KeysDeps): void {
  const { config, keyRing, record, clock } = deps
  const bodies = createBodies(BODIES)
  const configured = configuredKeys(config.auth, config.base_url)
  const shown = (key: ApiKey) => keyShown(key, config.base_url, clock.now())
  // logs and the audit name a key by its text
  const isCalled = (text: string) =>
    text !== '' && [...config.auth.api_keys, ...keyRing.list()].some((one) => one.text === text)
  const operatorOf = (c: Context<IngressEnv>) => ({ name: c.get('principal').name, from: c.get('sender') })

  api.get('/keys', gate('admin:keys'), (c) => {
    const theirs = c.get('customers')
    const isShown = ({ customer }: Listed) => theirs.length === 0 || theirs.includes(customer ?? '')
    return c.json(onOnePage('keys', [...configured, ...keyRing.list().map(shown)].filter(isShown)))
  })
  api.post('/key', gate('admin:keys'), async (c) => {
    const { incoming, outgoing } = c.env
    checkJsonType(incoming)
    const parsed = parseObject(await bodies(incoming, outgoing).read())
    if (!parsed.ok) throw new Refused(400, parsed.problem)
    const asked = askedKey(parsed.value.fields, clock.now())
    const principal = c.get('principal')
    const { secret: _, ...fields } = asked
    const made = await record({ command: 'key create', operator: operatorOf(c), fields }, async (note) => {
      const beyond = asked.scopes.find((one) => !allows(principal, one as Scope))
      if (beyond !== undefined) throw new Refused(403, `Requested scope '${beyond}' not permitted`)
      if (principal.customers.length > 0) throw new Refused(403, 'A key for all may not come from a customer')
      if (isCalled(asked.text)) throw new Refused(409, `another key is called ${asked.text}`)
      const key = await keyRing.make({ ...asked, by: principal.name })
      if (key === 'taken') throw new Refused(409, 'this key is there already')
      note({ id: key.key.id })
      return key
    })
    const data = { ...shown(made.key), key: made.secret, href: hrefOf(config.base_url, made.key.id) }
    return c.json({ status: 'ok', key: made.secret, data }, 201)
  })
  api.delete('/key/:key', gate('admin:keys'), async (c) => {
    const key = keyRing.get(c.req.param('key'))
    if (key === undefined || c.get('customers').length > 0) throw new Refused(404, 'not found')
    const fields = { id: key.id, text: key.text }
    await record({ command: 'key revoke', operator: operatorOf(c), fields }, () => keyRing.revoke(key.id))
    return c.json({ status: 'ok' })
  })
}

/** Of a key as it is listed. */
interface Listed {
  /** null: it is bound to none */
  readonly customer: string | null
}

function askedKey(fields: JsonObject['fields'], now: number) {
  const { scopes = ['read'], text, customer, key, expireTime } = fields
  const wrong = (name: string, what: string): Refused => new Refused(400, `${name} must be ${what}`)
  if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every((one) => scope.safeParse(one).success)) {
    throw wrong('scopes', 'a list of scopes such as read, write, admin, write:alerts')
  }
  if (text != null && typeof text !== 'string') throw wrong('text', 'a text')
  if (customer != null && (typeof customer !== 'string' || customer === '')) throw wrong('customer', 'a text')
  if (key != null && (typeof key !== 'string' || key.length < CHOSEN_AT_LEAST || !/^[!-~]+$/.test(key))) {
    throw wrong('key', `${CHOSEN_AT_LEAST} printable characters or more`)
  }
  const expiresAt = expireTime == null ? now + YEAR_MS : timeOf(expireTime)
  if (expiresAt === undefined) throw wrong('expireTime', 'a time such as 2026-11-21T09:08:09.664Z')
  return {
    scopes: scopes as string[],
    text: text ?? '',
    customers: customer == null ? [] : [customer],
    peer: false,
    expiresAt,
    ...(key == null ? {} : { secret: key }),
  }
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? parseCreateTime(value) : undefined
  return time === undefined ? undefined : Date.parse(time)
}

const hrefOf = (baseUrl: string, id: string): string => `${baseUrl}/key/${encodeURIComponent(id)}`
const typeOf = (scopes: readonly string[]): string =>
  scopes.some((one) => /^(write|admin)/.test(one)) ? 'read-write' : 'read-only'

/** As Alerta lists its own (alerta/models/key.py). Of those of the configuration uses are not counted, and they have no end. */
const configuredKeys = ({ api_keys }: Pick<AuthConfig, 'api_keys'>, baseUrl: string): readonly Listed[] =>
  api_keys.map(({ text, scopes, customers }, i) => {
    const id = label('key', text, i)
    return {
      ...{ id, key: MASKED, status: 'active', href: hrefOf(baseUrl, id), user: null, scopes, type: typeOf(scopes) },
      ...{ text, expireTime: null, count: null, lastUsedTime: null, customer: customers[0] ?? null },
    }
  })

const keyShown = (key: ApiKey, baseUrl: string, now: number) => ({
  id: key.id,
  key: key.prefix + MASKED,
  status: key.expiresAt !== null && key.expiresAt <= now ? 'expired' : 'active',
  href: hrefOf(baseUrl, key.id),
  user: null,
  scopes: key.scopes,
  type: typeOf(key.scopes),
  text: key.text,
  expireTime: key.expiresAt === null ? null : iso(key.expiresAt),
  count: key.uses,
  lastUsedTime: key.lastUsedAt === null ? null : iso(key.lastUsedAt),
  customer: key.customers[0] ?? null,
})
