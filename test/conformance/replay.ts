import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { type Config, configSchema } from '../../src/config/schema.js'
import { build } from '../../src/relay.js'
import { closeSinks, startSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { forge, signHawk } from './hawk.js'
import { exchange } from './plain-http.js'
import type { Answer, Case, Recording, Topic } from './recording.js'
import { silent } from './silent.js'

/** The server that was recorded, and the one it forwarded to: loops and hrefs are about these names. */
const SELF = { name: '127.0.0.1', port: 9102 }
const BASE_URL = `http://${SELF.name}:${SELF.port}`
const DESTINATION = 'http://127.0.0.1:9103'
const ADMIN: Case['headers'][number] = ['Authorization', 'Key admin-key-mom1']

/** Sends all cases of a topic, in order, to a relay that is set up as the recorded server was. */
export async function replay(
  topic: Topic | 'cli',
  { before: writes, cases }: Recording,
  { through = exchange }: { readonly through?: typeof exchange } = {},
): Promise<ReadonlyMap<string, Answer>> {
  const dir = mkdtempSync(join(tmpdir(), 'conformance-'))
  const sink = topic === 'loop' ? await startSink({ baseUrl: DESTINATION }) : undefined
  const time = createTime()
  const relay = await build(await configOf(topic, cases, dir, sink?.url), silent, { clock: time.clock })
  const { port } = await relay.start()
  const send = (one: Case): Promise<Answer> => sendCase(port, one, through)
  for (const [method, path, body] of writes) await send(write(method, path, body))
  const answers = new Map<string, Answer>()
  let last = { header: '', message: '' }
  let token = ''
  const notes = new Map<string, string>()
  for (const one of cases) {
    for (const request of before(one)) await send(request)
    time.goOn(one.later)
    const header = one.hawk?.disclosed ? forge(last.header, last.message) : one.hawk && signHawk(one, SELF)
    const withToken = one.headers.map(
      ([name, value]) => [name, value.replace('Bearer LOGIN', `Bearer ${token}`)] as const,
    )
    const headers = header === undefined ? withToken : [...withToken, ['Authorization', header] as const]
    const signed = { ...one, headers, path: inPlace(one.path, notes) }
    if (one.hawk?.again) await send(signed)
    const answer = await send(signed)
    const given = idIn(answer)
    if (given !== undefined) notes.set(idIn(one.answer) ?? given, given)
    const body = notes.size === 0 ? answer.body : backInPlace(answer.body, notes)
    answers.set(one.name, { ...answer, body })
    token = (answer.body as { token?: string } | undefined)?.token ?? token
    last = { header: header ?? '', message: String((answer.body as { message?: string } | undefined)?.message) }
  }
  if (sink !== undefined) {
    await waitFor(
      'the queue to drain',
      () => queued(port),
      (rows) => rows === 0,
    )
    const got = new Set(sink.requests().map(({ headers }) => headers['x-request-id']))
    for (const [name, answer] of answers) answers.set(name, { ...answer, forwarded: got.has(requestId(answer)) })
  }
  await relay.stop()
  await closeSinks()
  rmSync(dir, { recursive: true })
  return answers
}

/** The id of a note, heartbeat or blackout is the server's: in the paths that follow ours stands, in the answers theirs. */
function idIn({ body }: Pick<Answer, 'body'>): string | undefined {
  const { note, heartbeat, blackout } = (body ?? {}) as Partial<
    Record<'note' | 'heartbeat' | 'blackout', { id?: string }>
  >
  return (note ?? heartbeat ?? blackout)?.id
}

/** The real time, and what was left out of it. */
function createTime(): { readonly clock: Clock; goOn(ms: number): void } {
  let ahead = 0
  return {
    clock: {
      now: () => systemClock.now() + ahead,
      monotonic: () => systemClock.monotonic() + ahead,
      until: (at, signal) => systemClock.until(at - ahead, signal),
      alarm: (at, ring) => systemClock.alarm(at - ahead, ring),
    },
    goOn(ms) {
      ahead += ms
    },
  }
}

const inPlace = (text: string, ids: ReadonlyMap<string, string>): string =>
  [...ids].reduce((changed, [theirs, ours]) => changed.replaceAll(theirs, ours), text)

const backInPlace = (body: unknown, ids: ReadonlyMap<string, string>): unknown =>
  JSON.parse(inPlace(JSON.stringify(body ?? null), new Map([...ids].map(([theirs, ours]) => [ours, theirs]))))

const requestId = (answer: Answer): string => answer.headers['x-request-id'] ?? ''

async function queued(port: number): Promise<number> {
  const { body } = await exchange(port, {
    method: 'GET',
    path: '/management/status',
    headers: [['Host', BASE_URL.slice(7)], ADMIN],
    body: Buffer.alloc(0),
  })
  return (body as { destinations: { queued: number }[] }).destinations.reduce((sum, one) => sum + one.queued, 0)
}

function sendCase(
  port: number,
  { method, path, headers, body, hasBody }: Case,
  through: typeof exchange,
): Promise<Answer> {
  const length: Case['headers'] = hasBody ? [['Content-Length', String(body.length)]] : []
  return through(port, { method, path, headers: [['Host', BASE_URL.slice(7)], ...headers, ...length], body })
}

/** What brings the server into the state in which the case found the recorded one. */
function before({ before: steps }: Case): readonly Case[] {
  let id = ''
  return steps.map((step) => {
    if (typeof step === 'string') return write('PUT', `/alert/${id}/action`, { action: step, text: '' })
    if ('action' in step) return write('PUT', `/alert/${id}/action`, { text: '', ...step })
    if ('origin' in step) return write('POST', '/heartbeat', step)
    id = step.id
    return write('POST', '/alert', { ...ALERT, resource: step.id, ...step })
  })
}

const ALERT = { event: 'EventX', environment: 'Production', severity: 'major', service: ['Svc'] }

const write = (method: string, path: string, body: object): Case => ({
  name: 'before',
  method,
  path,
  headers: [ADMIN, ['Content-Type', 'application/json']],
  body: Buffer.from(JSON.stringify(body)),
  hasBody: true,
  hawk: undefined,
  before: [],
  later: 0,
  answer: { status: 0, headers: {}, body: undefined },
  partial: false,
})

async function configOf(
  topic: Topic | 'cli',
  cases: readonly Case[],
  dir: string,
  destination: string | undefined,
): Promise<Config> {
  const everything = ['admin', 'read', 'write']
  const password = await hash('alerta', { memoryCost: 1024, timeCost: 1 })
  return configSchema.parse({
    base_url: BASE_URL,
    listen: '127.0.0.1:0',
    database_url: `sqlite:${join(dir, 'relay.db')}`,
    // the default lists of the recorded version
    cors_origins:
      topic === 'cors'
        ? ['http://localhost', 'http://localhost:8000', String.raw`/https?:\/\/\w*\.?local\.alerta\.io:?\d*\/?.*/`]
        : [],
    reject: { allowed_environments: ['Production', 'Development'], require_service: true },
    blackouts: { enabled: true },
    auth: {
      secret_key: 'a-secret-of-16-or-more',
      api_keys: [
        { key: 'admin-key-mom1', scopes: everything, text: 'admin' },
        { key: 'read-key-mom1', scopes: ['read'], text: 'read' },
        { key: 'write-key-mom1', scopes: ['write:alerts'], text: 'write' },
      ],
      hmac: [{ key: 'hawk-mlm1', secret: 'hawk-secret-mlm1' }],
      tokens: tokensOf(cases).map((token) => ({ token, scopes: everything })),
      users: [{ username: 'admin@alerta.io', password_hash: password, scopes: everything }],
    },
    destinations:
      destination === undefined
        ? []
        : [{ name: 'mom2', url: destination, base_url: DESTINATION, auth: { type: 'none' } }],
  })
}

/** The one bearer token that was good. */
const tokensOf = (cases: readonly Case[]): readonly string[] =>
  cases
    .filter(({ name }) => name === 'bearer-good')
    .flatMap(({ headers }) => headers.filter(([name]) => name === 'Authorization'))
    .map(([, value]) => value.replace('Bearer ', ''))
