import { z } from 'zod'
import type { KeyRing, MadeKey } from '../../auth/key-ring.js'
import type { Scope } from '../../auth/scopes.js'
import { type Clock, iso } from '../../base/clock.js'
import { scope } from '../../config/auth.js'
import { duration, durationOrZero } from '../../config/fields.js'
import type { ApiKey } from '../../model/api-key.js'
import { conflict, forbidden, notFound } from './errors.js'
import type { Operator, Routes } from './routes.js'

export interface KeysDeps {
  readonly keyRing: KeyRing
  /** of the configuration: the names by which logs know its keys */
  readonly configuredTexts: () => ReadonlySet<string>
  readonly clock: Pick<Clock, 'now'>
}

const when = z.iso.datetime()
const keySchema = z.object({
  id: z.string(),
  prefix: z.string(),
  text: z.string(),
  scopes: z.array(z.string()),
  customers: z.array(z.string()),
  peer: z.boolean(),
  created: when,
  createdBy: z.string(),
  expires: when.nullable(),
  expired: z.boolean(),
  lastUsed: when.nullable(),
  uses: z.int(),
})
const made = { key: keySchema, secret: z.string().meta({ description: 'is shown this one time' }) }
const params = { id: z.string() }
const refusals = { 404: 'there is no such key' }
const DAY_MS = 86_400_000

/** API keys beside those of the configuration; at work at once. */
export function serveKeys({ read, change }: Routes, { keyRing, configuredTexts, clock }: KeysDeps): void {
  const shown = (key: ApiKey) => keyShown(key, clock.now())
  const existing = (id: string): ApiKey => {
    const key = keyRing.get(id)
    if (key === undefined) throw notFound(`no key has the id ${id}; \`key list\` tells which there are`)
    return key
  }
  const answerOf = ({ key, secret }: MadeKey) => ({ key: shown(key), secret })

  read(
    {
      ...{ path: '/keys', command: 'key list', scope: 'admin:keys', answer: { keys: z.array(keySchema) } },
      summary: 'The API keys that were made while the relay ran; those of the configuration stand there.',
    },
    async () => ({ keys: keyRing.list().map(shown) }),
  )
  change(
    {
      ...{ method: 'post', path: '/keys', command: 'key create', scope: 'admin:keys', answer: made, code: 201 },
      summary: 'Makes an API key; nobody can give one that may do more than their own credential.',
      body: z.strictObject({
        scopes: z.array(scope).min(1, 'must name at least one scope, for example ["write:alerts"]'),
        customers: z.array(z.string().min(1)).default([]),
        text: z.string().trim().max(100).default(''),
        expires: duration.optional(),
        peer: z.boolean().default(false),
      }),
      refusals: { 409: 'another key is called so' },
    },
    async ({ body: { expires, ...asked }, operator, note }) => {
      mayGive(operator, asked)
      if (asked.text !== '' && (configuredTexts().has(asked.text) || isCalled(keyRing, asked.text))) {
        throw conflict(`another key is called ${asked.text}: logs would not tell them apart`)
      }
      const expiresAt = expires === undefined ? null : clock.now() + expires
      const key = await keyRing.make({ ...asked, expiresAt, by: operator.name })
      if (key === 'taken') throw conflict('this key is there already')
      note({ id: key.key.id })
      return answerOf(key)
    },
  )
  change(
    {
      ...{ method: 'delete', path: '/keys/{id}', command: 'key revoke', scope: 'admin:keys', params, refusals },
      summary: 'Ends a key at once and for good.',
      answer: {},
    },
    async ({ params: { id }, note }) => {
      note({ text: existing(id).text })
      await keyRing.revoke(id)
      return {}
    },
  )
  change(
    {
      ...{ method: 'post', path: '/keys/{id}/rotate', command: 'key rotate', scope: 'admin:keys', params, refusals },
      summary:
        'Makes a key that may do the same and lives as long; the old one ends after `overlap`, a day by default.',
      body: z.strictObject({ overlap: durationOrZero.default(DAY_MS) }),
      answer: { ...made, before: keySchema },
      code: 201,
    },
    async ({ params: { id }, body, operator, note }) => {
      mayGive(operator, existing(id))
      const key = await keyRing.rotate(id, body.overlap, operator.name)
      if (key === undefined) throw notFound(`no key has the id ${id}`)
      note({ text: key.key.text, made: key.key.id })
      return { ...answerOf(key), before: shown(existing(id)) }
    },
  )
}

const isCalled = (keyRing: KeyRing, text: string): boolean => keyRing.list().some((key) => key.text === text)

/** Throws a 403 where such a key could do more than the operator's own credential. */
function mayGive(operator: Operator, { scopes, peer }: Pick<ApiKey, 'scopes' | 'peer'>): void {
  // what a peer says of ids and customers is believed, which no lesser scope stands for
  const wanted = peer ? [...scopes, 'admin'] : scopes
  const beyond = wanted.find((one) => !operator.allows(one as Scope))
  if (beyond !== undefined) throw forbidden(`your own credential does not have the scope ${beyond}`)
}

const keyShown = ({ createdAt, expiresAt, lastUsedAt, ...key }: ApiKey, now: number) => ({
  ...key,
  created: iso(createdAt),
  expires: expiresAt === null ? null : iso(expiresAt),
  expired: expiresAt !== null && expiresAt <= now,
  lastUsed: lastUsedAt === null ? null : iso(lastUsedAt),
})
