import { randomBytes } from 'node:crypto'
import { request } from 'undici'
import { expect, onTestFinished } from 'vitest'
import { createAuthenticator } from '../../src/auth/credentials.js'
import { createKeyRing } from '../../src/auth/key-ring.js'
import { ownNames } from '../../src/auth/own-names.js'
import { systemClock } from '../../src/base/clock.js'
import { createCounters } from '../../src/base/counters.js'
import type { Log } from '../../src/base/log.js'
import { noMeter } from '../../src/base/meter.js'
import { createRepeats } from '../../src/base/repeats.js'
import { createSenders } from '../../src/base/senders.js'
import { configSchema } from '../../src/config/schema.js'
import { type AppDeps, createApp } from '../../src/ingress/app.js'
import { listen } from '../../src/ingress/serve.js'
import { type Identity, parseIdentity } from '../../src/model/identity.js'
import { randomIds } from '../../src/model/ids.js'
import type { Draft } from '../../src/model/message.js'
import { passOn } from '../../src/model/tracing.js'
import type { Appended } from '../../src/store/appended.js'
import { rulesFor } from '../support/rules.js'

export const BASE_URL = 'http://127.0.0.1:9102'
export const ADMIN = { Authorization: 'Key admin-key' }
export const JSON_TYPE = { 'Content-Type': 'application/json' }
export const ALERT = { resource: 'web01', event: 'NodeDown', environment: 'Production', service: ['Web'] }

/** Waits for what other processes on a busy machine may delay. */
export const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 10_000, interval: 5 })

export interface LogLine {
  level: string
  text: string
  fields: Record<string, unknown>
}

export interface Answered {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  json: Record<string, unknown>
}

export interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer | object
}

/** The ingress on a real port, with a store that remembers what it was given and answers what it is told. */
export async function startIngress(
  settings: object = {},
  overrides: Partial<
    Pick<
      AppDeps,
      | 'operators'
      | 'admit'
      | 'alerts'
      | 'room'
      | 'select'
      | 'senders'
      | 'settings'
      | 'management'
      | 'append'
      | 'clock'
      | 'ids'
    >
  > = {},
) {
  const config = configSchema.parse({
    base_url: BASE_URL,
    listen: '127.0.0.1:0',
    auth: { api_keys: [{ key: 'admin-key', scopes: ['admin'], text: 'admin' }] },
    ...settings,
  })
  const drafts: Draft[] = []
  const results: (Appended | Error)[] = []
  const lines: LogLine[] = []
  const counters = createCounters()
  const write = (level: string) => (fields: object, text: string) =>
    void lines.push({ level, text, fields: { ...fields } })
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const clock = systemClock
  const identities = new Set([config.base_url, ...config.also_known_as].map(parseIdentity) as Identity[])
  const keyRing = createKeyRing({
    ...{ kept: [], keeping: { async add() {}, async remove() {}, async used() {} } },
    ...{ randomBytes, ids: randomIds, clock, log },
  })
  const app = createApp({
    config,
    identities,
    authenticate: createAuthenticator({
      auth: config.auth,
      ownNames: ownNames(config),
      clock,
      spend: async () => true,
      keyRing,
    }),
    async append(draft) {
      drafts.push(draft)
      const result = results.shift() ?? acceptedAs(draft)
      if (result instanceof Error) throw result
      return result
    },
    room: () => 'ok',
    select: async () => [],
    isJournalled: async () => false,
    alerts: { page: async () => [] },
    ...NOTHING_KEPT,
    clearAlarm: async () => true,
    keyRing,
    record: (_, work) => work(() => {}),
    senders: createSenders(clock.now),
    clock,
    ids: randomIds,
    log,
    counters,
    meter: noMeter,
    repeats: createRepeats({ clock, log }),
    tracing: passOn(randomIds),
    ...overrides,
  })
  const listener = await listen(app, { config, clock, log })
  onTestFinished(() => listener.close())
  const url = `http://127.0.0.1:${listener.port}`

  async function send(path: string, { method = 'POST', headers = {}, body }: Sent = {}): Promise<Answered> {
    const plain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
    const answer = await request(url + path, {
      method: method as 'POST',
      headers: { ...ADMIN, ...(body === undefined ? {} : JSON_TYPE), ...headers },
      body: plain ? (body ?? null) : JSON.stringify(body),
    })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
    }
  }

  return { url, port: listener.port, close: listener.close, send, drafts, results, lines, counters }
}

/** A store without heartbeats, blackouts and settings. */
const NOTHING_KEPT: Pick<AppDeps, 'heartbeats' | 'blackouts' | 'settings'> = {
  heartbeats: { get: async () => undefined, remove: async () => false },
  blackouts: { get: async () => undefined, save: async () => {}, remove: async () => false, covers: async () => false },
  settings: { get: async () => ({}), merge: async () => 'merged' },
}

/** The body of a draft, parsed. */
export const sentBody = (draft: Draft | undefined): Record<string, unknown> => JSON.parse(String(draft?.body))

/** As a store does that has never heard of the alert. */
function acceptedAs(draft: Draft): Appended {
  const applied = draft.kind === 'alert' ? rulesFor([]).apply(draft, undefined) : undefined
  const current = applied && {
    state: applied.state,
    history: applied.entry === undefined ? [] : [JSON.stringify(applied.entry)],
  }
  return { kind: 'accepted', queued: ['mom1', 'mom2'], skipped: 1, full: [], current }
}
