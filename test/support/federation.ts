import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { systemClock } from '../../src/base/clock.js'
import type { Settlement } from '../../src/model/delivery.js'
import { findHop, parseHops } from '../../src/model/hops.js'
import { type Identity, parseIdentity } from '../../src/model/identity.js'
import { randomIds } from '../../src/model/ids.js'
import type { Draft, Message } from '../../src/model/message.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Store } from '../../src/store/contract.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { route } from '../contract/bench.js'
import { queueOf, rulesFor } from './rules.js'

/** Relays on real stores whose deliveries are carried by hand, so that a test chooses what arrives when. */
export interface Federation {
  /** A sender posts to a relay. */
  post(relay: string, draft: Draft): Promise<void>
  /** Carries one delivery; `pick` chooses among the relays that have any. False: all is quiet. */
  carryOne(pick: (choices: number) => number): Promise<boolean>
  /** Carries until all is quiet; throws where it never gets quiet. */
  settle(pick?: (choices: number) => number): Promise<void>
  /** The messages that a relay's own sink got, in order: "critical text", "ack", "delete". */
  sink(relay: string): readonly string[]
  /** Severity and status of the alerts that a relay's ledger has; `resource`: of this one only. */
  ledger(relay: string, resource?: string): readonly string[]
  end(): Promise<void>
}

export interface Edge {
  readonly from: string
  readonly to: string
  /** a plain Alerta stands between: it strips X-Alerta-Message and adds its own hop */
  readonly through?: string
  /** its credential there is no peer's: neither ids nor stamps are believed */
  readonly stranger?: boolean
}

interface Relay {
  readonly name: string
  readonly store: Store
  readonly identities: ReadonlySet<Identity>
  readonly got: string[]
}

/** Nothing here is about what survives, and a commit to a disk takes ten times as long as all else. */
const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const CARRIED_MAX = 2_000
const done: Settlement = { to: 'delivered', status: 201, note: null }
const baseUrl = (name: string) => `http://${name}`

export async function createFederation(names: readonly string[], edges: readonly Edge[]): Promise<Federation> {
  const dir = mkdtempSync(join(SCRATCH, 'federation-'))
  let now = 1_000_000
  const relays = await Promise.all(names.map(openRelay))

  async function openRelay(name: string): Promise<Relay> {
    const routes = edges.filter(({ from }) => from === name).map(({ to }) => route(to))
    routes.push(route(`sink-${name}`))
    const budget = { rows: 10_000, bytes: 10_000_000 }
    const store = await openSqlite({
      path: join(dir, `${name}.db`),
      lockWaitMs: 0,
      clock: systemClock,
      owner: name,
      destinations: routes.map((one) => queueOf(one, budget)),
      decide: createDecide(routes),
      rules: rulesFor(routes),
    })
    return { name, store, identities: new Set([parseIdentity(baseUrl(name)) as Identity]), got: [] }
  }

  const relay = (name: string): Relay => relays.find((one) => one.name === name) as Relay

  async function receive(to: Relay, draft: Draft): Promise<void> {
    now += 10
    if (findHop(draft.hops, to.identities)) return // the loop guard of ingress
    await to.store.append({ ...draft, acceptedAt: now } as Draft)
  }

  async function carry(from: Relay, destination: string): Promise<boolean> {
    const [delivery] = (await from.store.claim(destination, 1, now)).deliveries
    if (delivery === undefined) return false
    if (destination === `sink-${from.name}`) from.got.push(describe(delivery.message))
    else {
      const edge = edges.find((one) => one.from === from.name && one.to === destination) as Edge
      await receive(relay(destination), onArrival(delivery.message, from, edge))
    }
    await from.store.settle(delivery, done, now)
    return true
  }

  async function carryOne(pick: (choices: number) => number): Promise<boolean> {
    const choices = relays.flatMap((one) => [
      ...edges.filter(({ from }) => from === one.name).map(({ to }) => [one, to] as const),
      [one, `sink-${one.name}`] as const,
    ])
    while (choices.length > 0) {
      const [choice] = choices.splice(pick(choices.length), 1)
      if (choice !== undefined && (await carry(...choice))) return true
    }
    return false
  }

  return {
    post: (name, draft) => receive(relay(name), draft),
    carryOne,
    async settle(pick = () => 0) {
      for (let carried = 0; await carryOne(pick); carried += 1) {
        if (carried > CARRIED_MAX) throw new Error('it never gets quiet: a loop')
      }
    },
    sink: (name) => relay(name).got,
    ledger(name, resource) {
      const db = new Database(join(dir, `${name}.db`), { readonly: true })
      const rows = db.prepare(
        `SELECT ledger.severity || ' ' || status FROM ledger JOIN alert ON alert.id = ledger.alert
         WHERE deleted_at IS NULL AND resource = coalesce(?, resource)`,
      )
      const states = rows.pluck().all(resource) as string[]
      db.close()
      return states
    },
    async end() {
      for (const one of relays) await one.store.close()
      rmSync(dir, { recursive: true })
    },
  }
}

function onArrival(message: Message, from: Relay, { through, stranger = false }: Edge): Draft {
  const isPeer = !through && !stranger
  const passed = [...message.hops.map(({ text }) => text), baseUrl(from.name), ...(through ? [baseUrl(through)] : [])]
  const envelope = {
    ...message,
    hops: parseHops(passed.join(',')),
    messageId: isPeer ? message.messageId : randomIds.messageId(),
    stamp: isPeer ? (message.stamp ?? message.acceptedAt) : undefined,
    became: isPeer ? message.became : undefined,
    fromPeer: isPeer,
    // of whoever let it in, as over HTTP
    sender: '127.0.0.1',
    credential: `key ${from.name}`,
    customers: [],
  }
  const body = message.body === null ? {} : JSON.parse(String(message.body))
  switch (message.kind) {
    case 'alert':
      return { ...envelope, kind: 'alert', alert: body }
    case 'action':
      return { ...envelope, kind: 'action', action: body.action, text: body.text, timeout: body.timeout ?? null }
    case 'status':
      return { ...envelope, kind: 'status', status: body.status, text: body.text, timeout: body.timeout ?? null }
    case 'tag':
    case 'untag':
      return { ...envelope, kind: message.kind, tags: body.tags }
    case 'delete':
      return { ...envelope, kind: 'delete' }
    default:
      throw new Error(`no test carries a ${message.kind}`)
  }
}

function describe(message: Message): string {
  if (message.kind === 'delete') return 'delete'
  const body = JSON.parse(String(message.body))
  if (message.kind !== 'alert' && message.kind !== 'action') return message.kind
  return message.kind === 'alert' ? `${body.severity} ${body.text}`.trim() : `${body.action} ${body.text}`.trim()
}
