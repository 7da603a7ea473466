import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import type { Delivery } from '../../src/model/delivery.js'
import { randomIds } from '../../src/model/ids.js'
import type { AlertState } from '../../src/model/ledger.js'
import type { Draft } from '../../src/model/message.js'
import { createDecide } from '../../src/routing/decide.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { delivered, retryAt, route } from '../contract/bench.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'
import { PATIENCE_MS, runs } from '../support/search.js'

const NAMES = ['folding', 'plain'] as const
type Name = (typeof NAMES)[number]
const ROUTES = NAMES.map((name) => route(name))
const BUDGET = { rows: 10_000, bytes: 10_000_000 }

const resource = fc.constantFrom('r1', 'r2')
const alert = fc.record({
  severity: fc.constantFrom('critical', 'critical', 'minor', 'normal'),
  event: fc.constantFrom('NodeDown', 'NodeDown', 'NodeUp'),
  tag: fc.constantFrom('a', 'b', 'c'),
})
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('post' as const), resource, alert, times: fc.nat(4) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      resource,
      action: fc.constantFrom('ack', 'unack', 'shelve', 'unshelve', 'close', 'open', 'createIssue'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), resource }) },
  // some deliveries are made, or tried in vain
  { weight: 2, arbitrary: fc.record({ do: fc.constant('work' as const), limit: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), limit: fc.integer({ min: 1, max: 2 }) }) },
)

/** A peer that works as Alerta does, and remembers each change of its alerts. */
function createPeer(rules: ReturnType<typeof rulesFor>) {
  const states = new Map<string, AlertState>()
  const changes: Record<string, string[]> = {}
  return {
    states,
    changes,
    take(named: string, { message }: Delivery): void {
      const note = (change: string) => {
        changes[named] = [...(changes[named] ?? []), change]
      }
      const known = states.get(named)
      if (message.kind === 'delete') {
        if (states.delete(named)) note('deleted')
        return
      }
      const body = JSON.parse(String(message.body))
      const draft = message.kind === 'alert' ? alertDraft(body) : actionDraft(message.alertId, body.action)
      if (draft.kind === 'action' && known === undefined) return
      const applied = rules.apply(draft as never, known as never)
      states.set(named, applied.state)
      const { event, severity, status } = applied.state
      if (applied.changed) note(`${event} ${severity} ${status}`)
      else if (draft.kind === 'action') note(draft.action)
    },
  }
}

async function createBoth() {
  const rules = rulesFor(ROUTES)
  const dir = mkdtempSync(join(tmpdir(), 'folding-'))
  const store = await openSqlite({
    path: join(dir, 'relay.db'),
    lockWaitMs: 0,
    clock: systemClock,
    owner: 'test',
    destinations: ROUTES.map((one) => queueOf(one, BUDGET, { fold: one.name === 'folding' })),
    decide: createDecide(ROUTES),
    rules,
  })
  const peers = { folding: createPeer(rules), plain: createPeer(rules) }
  const resources = new Map<string, string>()
  let now = 1_000
  return {
    peers,
    async send(named: string, draft: Draft) {
      resources.set(draft.messageId, named)
      await store.append({ ...draft, acceptedAt: ++now })
    },
    /** Returns how many were taken. */
    async work(name: Name, limit: number, fails = false): Promise<number> {
      const { deliveries } = await store.claim(name, limit, ++now)
      for (const delivery of deliveries) {
        if (!fails) peers[name].take(resources.get(delivery.message.messageId) as string, delivery)
        await store.settle(delivery, fails ? retryAt(0) : delivered, ++now)
      }
      return deliveries.length
    },
    folded: async () => (await store.settled('folding', 'folded', 10_000)).length,
    async end() {
      await store.close()
      rmSync(dir, { recursive: true })
    },
  }
}

type Both = Awaited<ReturnType<typeof createBoth>>
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

/** What does the commands, and knows the id of each alert. */
function createSenders({ send, work }: Both): (one: Command) => Promise<unknown> {
  const ids = new Map<string, string>()

  /** The first, and so many repeats of it. */
  async function post({ resource, alert: { severity, event, tag }, times }: Extract<Command, { do: 'post' }>) {
    const alertId = ids.get(resource) ?? randomIds.id()
    ids.set(resource, alertId)
    for (let i = 0; i <= times; i += 1) {
      const more = { text: `${i}`, tags: [tag, `${i % 2}`], attributes: { [tag]: `${i}` } }
      const fields = { resource, severity, event, correlate: ['NodeDown', 'NodeUp'], ...more }
      await send(resource, alertDraft(fields, { alertId }))
    }
  }

  return async (one) => {
    if (one.do === 'work' || one.do === 'fail') return work('folding', one.limit, one.do === 'fail')
    if (one.do === 'post') return post(one)
    const id = ids.get(one.resource)
    if (id === undefined) return
    if (one.do === 'act') return send(one.resource, actionDraft(id, one.action))
    ids.delete(one.resource)
    return send(one.resource, deleteDraft(id))
  }
}

test(
  'a peer that gets folded repeats goes through the same changes as one that gets each of them, to the same alerts',
  async () => {
    let folded = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25, size: 'max' }), async (commands) => {
        const both = await createBoth()
        try {
          const play = createSenders(both)
          for (const one of commands) await play(one)
          for (const name of NAMES) while ((await both.work(name, 10)) > 0);
          const { folding, plain } = both.peers
          expect(folding.changes, 'each change, in the same order').toEqual(plain.changes)
          expect(shown(folding.states)).toEqual(shown(plain.states))
          folded += await both.folded()
        } finally {
          await both.end()
        }
      }),
      { numRuns: runs(60) },
    )
    expect(folded, 'a run in which nothing is folded shows nothing').toBeGreaterThan(50)
  },
  PATIENCE_MS,
)

/** All that a repeat can tell. */
const shown = (states: ReadonlyMap<string, AlertState>) =>
  [...states].sort().map(([resource, { severity, status, event, text, tags, attributes }]) => ({
    ...{ resource, severity, status, event, text, attributes },
    tags: [...tags].sort(),
  }))
