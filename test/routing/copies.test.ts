import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomIds } from '../../src/model/ids.js'
import { actionDraft, alertDraft } from '../support/drafts.js'
import { createFederation, type Edge } from '../support/federation.js'

const PAIR: Edge[] = [
  { from: 'a', to: 'b' },
  { from: 'b', to: 'a' },
]
const DIAMOND: Edge[] = [
  { from: 'mlm', to: 'mom1' },
  { from: 'mlm', to: 'mom2' },
  { from: 'mom1', to: 'mom2' },
  { from: 'mom2', to: 'mom1' },
]
/** One plain Alerta sends to two relays that are each other's partner. */
const BEHIND_ALERTA: Edge[] = [
  { from: 'edge', to: 'r1', through: 'alerta' },
  { from: 'edge', to: 'r2', through: 'alerta' },
  { from: 'r1', to: 'r2' },
  { from: 'r2', to: 'r1' },
]
const RING: Edge[] = [
  { from: 'a', to: 'b' },
  { from: 'b', to: 'c' },
  { from: 'c', to: 'a' },
]
const namesOf = (edges: readonly Edge[]) => [...new Set(edges.flatMap(({ from, to }) => [from, to]))]

const topology = fc.constantFrom(PAIR, DIAMOND, RING)
const writes = fc.array(
  fc.record({ at: fc.nat(), severity: fc.constantFrom('critical', 'minor'), carry: fc.nat({ max: 3 }) }),
  { minLength: 1, maxLength: 5 },
)

test('any writes at any members of a relay federation reach every relay below once, in any order of carrying', async () => {
  await fc.assert(
    fc.asyncProperty(topology, writes, fc.infiniteStream(fc.nat()), async (edges, list, stream) => {
      const names = namesOf(edges)
      const federation = await createFederation(names, edges)
      const pick = (choices: number) => stream.next().value % choices
      const reached = new Map<string, string[]>(names.map((name) => [name, []]))
      for (const [i, { at, severity }] of list.entries()) {
        const entry = names[at % names.length] as string
        await federation.post(entry, alertDraft({ severity, text: `${i}` }, { alertId: 'fixed' }))
        for (const name of reachable(entry, edges)) reached.get(name)?.push(`${severity} ${i}`)
        await federation.settle(pick)
      }
      for (const name of names) expect(federation.sink(name)).toEqual(reached.get(name))
      await federation.end()
    }),
    { numRuns: 15 },
  )
}, 60_000)

/** In a ring a sender with a fixed id may be taken for a copy by a relay behind which nobody else has heard of it (ADR 6). */
const slowWays = fc.constantFrom(
  { edges: PAIR, fixed: true },
  { edges: PAIR, fixed: false },
  { edges: RING, fixed: false },
)

test('whoever writes while the ways are slow, all members of a federation end with the same severity, the last one', async () => {
  await fc.assert(
    fc.asyncProperty(slowWays, writes, fc.infiniteStream(fc.nat()), async ({ edges, fixed }, list, stream) => {
      const names = namesOf(edges)
      const federation = await createFederation(names, edges)
      const pick = (choices: number) => stream.next().value % choices
      for (const [i, { at, severity, carry }] of list.entries()) {
        const entry = names[at % names.length] as string
        await federation.post(entry, alertDraft({ severity }, { alertId: fixed ? 'fixed' : `${i}` }))
        for (let n = 0; n < carry; n += 1) await federation.carryOne(pick)
      }
      await federation.settle(pick)
      // behind it may stand an "open", which changes no severity
      const last = names.map((name) => federation.sink(name).findLast((text) => !text.startsWith('open')))
      expect(new Set(last).size, `the last severities are ${last.join(', ')}`).toBe(1)
      await federation.end()
    }),
    { numRuns: 40 },
  )
}, 120_000)

test('what a relay said first, and says again after another one said otherwise, is heard by all, though it is the same', async () => {
  const federation = await createFederation(['a', 'b', 'c'], RING)
  const [aToB, bToC, cToA] = [0, 2, 4] as const
  const carry = (choice: number) => federation.carryOne(() => choice)
  const post = (at: string, severity: string) => federation.post(at, alertDraft({ severity }, { alertId: 'fixed' }))
  await post('c', 'minor')
  await carry(cToA)
  await post('b', 'critical')
  await carry(aToB)
  expect(federation.ledger('b'), 'the first one came late').toEqual(['critical open'])
  await carry(bToC)
  await carry(cToA)
  await post('a', 'minor')
  await federation.settle()
  for (const name of ['a', 'b', 'c']) expect(federation.ledger(name)).toEqual(['minor open'])
  await federation.end()
})

function reachable(from: string, edges: readonly Edge[]): readonly string[] {
  const found = new Set([from])
  for (let grown = -1; grown !== found.size; ) {
    grown = found.size
    for (const edge of edges) if (found.has(edge.from)) found.add(edge.to)
  }
  return [...found]
}

test('two relays that mint their own message ids behind one Alerta deliver each alert and ack once', async () => {
  const federation = await createFederation(namesOf(BEHIND_ALERTA), BEHIND_ALERTA)
  await federation.post('edge', alertDraft({ text: 'x' }, { alertId: 'x' }))
  await federation.settle()
  await federation.post('edge', actionDraft('x', 'ack'))
  await federation.settle()
  expect(federation.sink('r1')).toEqual(['critical x', 'ack'])
  expect(federation.sink('r2')).toEqual(['critical x', 'ack'])
  await federation.end()
})

test('ack at A, unack at A, ack at B: both ends hear all three and end acknowledged', async () => {
  const federation = await createFederation(['a', 'b'], PAIR)
  await federation.post('a', alertDraft({}, { alertId: 'x' }))
  for (const [at, action] of [
    ['a', 'ack'],
    ['a', 'unack'],
    ['b', 'ack'],
  ] as const) {
    await federation.post(at, actionDraft('x', action))
    await federation.settle()
  }
  expect(federation.sink('a')).toEqual(['critical', 'ack', 'unack', 'ack'])
  expect(federation.sink('b')).toEqual(['critical', 'ack', 'unack', 'ack'])
  await federation.end()
})

test('a sender with a fixed id that alternates between two paths while the severity changes loses no change', async () => {
  const federation = await createFederation(namesOf(BEHIND_ALERTA), BEHIND_ALERTA)
  const severities = ['critical', 'minor', 'critical', 'minor', 'critical']
  for (const [i, severity] of severities.entries()) {
    const via = i % 2 === 0 ? 'http://north' : 'http://south'
    await federation.post('r1', alertDraft({ severity }, { alertId: 'x', via }))
    await federation.settle()
  }
  expect(federation.sink('r1')).toEqual(severities)
  expect(federation.sink('r2')).toEqual(severities)
  await federation.end()
})

test('a sender that repeats itself after a lost answer is delivered again, not taken for a copy', async () => {
  const federation = await createFederation(['a', 'b'], PAIR)
  for (let time = 0; time < 2; time += 1) await federation.post('a', alertDraft({ text: 'x' }, { alertId: 'x' }))
  await federation.settle()
  expect(federation.sink('a')).toEqual(['critical x', 'critical x'])
  await federation.end()
})

test('a message id that a peer gives to different messages silences none of them', async () => {
  const federation = await createFederation(['a', 'b'], PAIR)
  const messageId = randomIds.messageId()
  for (const text of ['1', '2', '3']) {
    await federation.post('a', alertDraft({ text }, { alertId: 'x', messageId, fromPeer: true }))
  }
  await federation.settle()
  expect(federation.sink('a')).toEqual(['critical 1', 'critical 2', 'critical 3'])
  expect(federation.sink('b')).toEqual(['critical 1', 'critical 2', 'critical 3'])
  await federation.end()
})
