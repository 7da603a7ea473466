import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { systemClock } from '../../src/base/clock.js'
import type { Delivery, Settlement } from '../../src/model/delivery.js'
import { randomIds } from '../../src/model/ids.js'
import type { AlertState } from '../../src/model/ledger.js'
import type { Draft } from '../../src/model/message.js'
import { createDecide } from '../../src/routing/decide.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { route } from '../contract/bench.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'

type Peer = 'a' | 'b'
export type Member = 'relay' | Peer

/** A relay on a real store between two peers that work as Alerta does and forward at once what is done at them. */
export interface Members {
  post(at: Member, resource: string, severity: string): Promise<void>
  act(at: Member, resource: string, action: string): Promise<void>
  remove(at: Member, resource: string): Promise<void>
  /** A delivery to the peer leaves the relay. */
  leave(to: Peer): Promise<void>
  /** The oldest that left is executed and answered. */
  arrive(at: Peer): Promise<void>
  /** Everything arrives. */
  drain(at: Peer): Promise<void>
  /** resource -> severity and status */
  alerts(of: Member): Readonly<Record<string, string>>
  end(): Promise<void>
}

const ROUTES = [route('a'), route('b')]
const rules = rulesFor(ROUTES)

/** A very small Alerta: one alert per resource. */
function createPeer() {
  const states = new Map<string, AlertState>()
  const byId = (id: string) => [...states.values()].find((state) => state.id === id || state.lastReceiveId === id)
  return {
    states,
    idOf: (resource: string) => states.get(resource)?.id,
    post(draft: Extract<Draft, { kind: 'alert' }>): string {
      const { state } = rules.apply(draft, states.get(draft.alert.resource))
      states.set(draft.alert.resource, state)
      return state.id
    },
    act(draft: Extract<Draft, { kind: 'action' }>): 200 | 404 | 409 {
      const state = byId(draft.alertId)
      if (state === undefined) return 404
      const applied = rules.apply(draft, state)
      states.set(state.resource, applied.state)
      return applied.refused === undefined ? 200 : 409
    },
    remove(id: string): boolean {
      const state = byId(id)
      return state !== undefined && states.delete(state.resource)
    },
  }
}

export async function createMembers(): Promise<Members> {
  const dir = mkdtempSync(join(tmpdir(), 'members-'))
  const path = join(dir, 'relay.db')
  const store = await openSqlite({
    path,
    lockWaitMs: 0,
    clock: systemClock,
    owner: 'test',
    destinations: ROUTES.map((one) => queueOf(one, { rows: 10_000, bytes: 10_000_000 }, { fold: true })),
    decide: createDecide(ROUTES),
    rules,
  })
  const reader = new Database(path, { readonly: true })
  const peers = { a: createPeer(), b: createPeer() }
  const flying: Record<Peer, Delivery[]> = { a: [], b: [] }
  const names = new Map<string, string>()
  let now = 1_000

  const tick = (): number => {
    now += 10
    return now
  }
  const idAt = (at: Member, resource: string) => (at === 'relay' ? names.get(resource) : peers[at].idOf(resource))
  const from = (at: Member) => ({ acceptedAt: tick(), ...(at === 'relay' ? {} : { via: `http://${at}` }) })

  async function execute(at: Peer, delivery: Delivery): Promise<void> {
    const { message } = delivery
    const body = message.body === null ? {} : JSON.parse(String(message.body))
    const id = delivery.alias ?? message.alertId
    const peer = peers[at]
    let settlement: Settlement = { to: 'delivered', status: 200, note: null }
    if (message.kind === 'alert') {
      const draft = alertDraft(body, { alertId: message.alertId, acceptedAt: now })
      settlement = { ...settlement, alias: peer.post(draft as Extract<Draft, { kind: 'alert' }>) }
    } else if (message.kind === 'delete') peer.remove(id)
    else peer.act(actionDraft(id, body.action, { acceptedAt: now }) as Extract<Draft, { kind: 'action' }>)
    await store.settle(delivery, settlement, tick())
  }

  const members: Members = {
    async post(at, resource, severity) {
      const alertId = randomIds.id()
      const alert = { resource, severity }
      if (at === 'relay') {
        const appended = await store.append(alertDraft(alert, { alertId, ...from(at) }))
        if (appended.kind === 'accepted' && appended.current) names.set(resource, appended.current.state.id)
        return
      }
      const id = peers[at].post(alertDraft(alert, { alertId, acceptedAt: now }) as Extract<Draft, { kind: 'alert' }>)
      await store.append(alertDraft(alert, { alertId: id, ...from(at) }))
    },
    async act(at, resource, action) {
      const id = idAt(at, resource)
      if (id === undefined) return
      // Alerta answers its operator 409 and forwards nothing
      if (at !== 'relay' && peers[at].act(actionDraft(id, action) as Extract<Draft, { kind: 'action' }>) !== 200) return
      await store.append(actionDraft(id, action, from(at)))
    },
    async remove(at, resource) {
      const id = idAt(at, resource)
      if (id === undefined || (at !== 'relay' && !peers[at].remove(id))) return
      await store.append(deleteDraft(id, from(at)))
    },
    async leave(to) {
      flying[to].push(...(await store.claim(to, 1, tick())).deliveries)
    },
    async arrive(at) {
      const delivery = flying[at].shift()
      if (delivery !== undefined) await execute(at, delivery)
    },
    async drain(at) {
      for (let idle = 0; idle < 2; ) {
        await members.leave(at)
        if (flying[at].length === 0) idle += 1
        else idle = 0
        await members.arrive(at)
      }
    },
    alerts(of) {
      const shown = (states: readonly AlertState[]) =>
        Object.fromEntries(states.map((one) => [one.resource, `${one.severity} ${one.status}`]).sort())
      if (of !== 'relay') return shown([...peers[of].states.values()])
      const rows = reader
        .prepare('SELECT state FROM ledger JOIN alert ON alert.id = ledger.alert WHERE deleted_at IS NULL')
        .pluck()
        .all() as string[]
      return shown(rows.map((text) => JSON.parse(text) as AlertState))
    },
    async end() {
      reader.close()
      await store.close()
      rmSync(dir, { recursive: true })
    },
  }
  return members
}
