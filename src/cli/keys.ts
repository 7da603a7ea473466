import { plain } from '../base/plain.js'
import { CommandFailed } from './command-failed.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { reportingFailure } from './resync.js'
import { columns } from './table.js'

/** As the operator API tells it (management/operator/keys.ts). */
interface Key {
  readonly id: string
  readonly prefix: string
  readonly text: string
  readonly scopes: readonly string[]
  readonly customers: readonly string[]
  readonly peer: boolean
  readonly created: string
  readonly createdBy: string
  readonly expires: string | null
  readonly expired: boolean
  readonly lastUsed: string | null
  readonly uses: number
}

export interface KeyOptions {
  readonly config: string
  readonly json?: boolean
}

export interface NewKeyOptions extends KeyOptions {
  readonly scopes: string
  readonly customers?: string
  readonly text?: string
  /** a duration */
  readonly expires?: string
  readonly peer?: boolean
}

/** `alerta-relay key create`: prints the secret, this one time. */
export async function createKey(options: NewKeyOptions, io: Io): Promise<ExitCode> {
  const { config, scopes, customers, text, expires, peer, json } = options
  return reportingFailure('key create', io, async () => {
    const made = await runningRelay(config, io.env, io.signal).ask('POST', '/keys', {
      scopes: listOf(scopes),
      ...(customers === undefined ? {} : { customers: listOf(customers) }),
      ...(text === undefined ? {} : { text }),
      ...(expires === undefined ? {} : { expires }),
      ...(peer === true ? { peer } : {}),
    })
    tellSecret(made, json === true, io)
    return 0
  })
}

/** `alerta-relay key list`. */
export async function listKeys({ config, json }: KeyOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('key list', io, async () => {
    const answer = await runningRelay(config, io.env, io.signal).ask('GET', '/keys')
    const keys = answer.keys as readonly Key[]
    if (json === true) for (const key of keys) io.stdout.write(`${JSON.stringify(key)}\n`)
    else io.stdout.write(keys.length === 0 ? 'no keys but those of the configuration\n' : screen(keys))
    return 0
  })
}

/** `alerta-relay key revoke <id>`: ends it at once. */
export async function revokeKey(id: string, { config }: KeyOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('key revoke', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const key = await keyOf(relay, id)
    await relay.ask('DELETE', `/keys/${encodeURIComponent(key.id)}`)
    io.stdout.write(`the key ${called(key)} is revoked\n`)
    return 0
  })
}

/** `alerta-relay key rotate <id>`: another one with the same rights; the old one works for a while. */
export async function rotateKey(
  id: string,
  { config, overlap, json }: KeyOptions & { readonly overlap?: string },
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('key rotate', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const key = await keyOf(relay, id)
    const path = `/keys/${encodeURIComponent(key.id)}/rotate`
    const made = await relay.ask('POST', path, overlap === undefined ? {} : { overlap })
    tellSecret(made, json === true, io)
    const before = made.before as Key
    if (json !== true) io.stderr.write(`the old one, ${called(before)}, works until ${before.expires}\n`)
    return 0
  })
}

/** By its id or the beginning of it, its prefix, or its text. */
async function keyOf(relay: ReturnType<typeof runningRelay>, wanted: string): Promise<Key> {
  const keys = (await relay.ask('GET', '/keys')).keys as readonly Key[]
  const exact = keys.filter(({ id }) => id === wanted)
  const fit = keys.filter(({ id, prefix, text }) => id.startsWith(wanted) || prefix === wanted || text === wanted)
  const [first, ...others] = exact.length > 0 ? exact : fit
  if (first === undefined) throw new CommandFailed(`no key is ${wanted}; \`key list\` tells which there are`)
  if (others.length > 0) throw new CommandFailed(`several keys are ${wanted}: give the whole id of one`)
  return first
}

/** The secret alone on standard output, so that a script can keep it. */
function tellSecret(made: Readonly<Record<string, unknown>>, json: boolean, io: Io): void {
  const { key, secret } = made as { readonly key: Key; readonly secret: string }
  if (json) return void io.stdout.write(`${JSON.stringify({ ...key, secret })}\n`)
  const end = key.expires === null ? 'it has no end' : `it ends at ${key.expires}`
  io.stderr.write(`the key ${called(key)} may ${key.scopes.join(', ')}; ${end}; it is shown this one time:\n`)
  io.stdout.write(`${secret}\n`)
}

const called = ({ text, id, prefix }: Key): string => `${text === '' ? prefix : plain(text)} (${id})`

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

function screen(keys: readonly Key[]): string {
  const head = ['id', 'begins', 'text', 'scopes', 'customers', 'expires', 'last used', 'uses', 'made by']
  return columns([
    head,
    ...keys.map((key) => [
      ...[key.id, key.prefix, plain(key.text) || '-', key.scopes.join(',') + (key.peer ? ' (peer)' : '')],
      ...[plain(key.customers.join(',')) || '-', key.expired ? `over since ${key.expires}` : (key.expires ?? 'never')],
      ...[key.lastUsed ?? 'never', key.uses, plain(key.createdBy)],
    ]),
  ])
}
