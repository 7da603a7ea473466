import { expect, test } from 'vitest'
import { audit, type Evidence } from './audit.js'
import type { Receipt } from './destination.js'
import type { Ended, Journalled } from './journal.js'
import { RULES, type Sent } from './sent.js'

const ABOUT = {
  lane: 'web',
  shared: false,
  event: 'Down',
  environment: 'Production',
  action: '',
  severity: '',
  peer: false,
}
const SENT: readonly Sent[] = [
  { ...ABOUT, n: 1, kind: 'alert', severity: 'major', answered: true },
  { ...ABOUT, n: 2, kind: 'action', action: 'unack', answered: true },
  { ...ABOUT, n: 3, kind: 'heartbeat', lane: 'origin-web', answered: true },
  { ...ABOUT, n: 4, kind: 'heartbeat', lane: 'origin-web', answered: true },
  { ...ABOUT, n: 5, kind: 'delete', peer: true, answered: true },
]
const ROWS: readonly Journalled[] = [1, 2, 3, 4, 5].map((n) => ({ seq: n, n }))
const DELIVERED: Ended = { state: 'delivered', unknowns: 0 }
const receipt = (n: number, id = '-', text = String(n), tags = [n]): Receipt => ({ n, status: 201, id, text, tags })
const GOT: readonly Receipt[] = [receipt(1), receipt(2, 'all.web.Down'), receipt(4), receipt(5, 'all.web.Down', '-')]
const ENDED: Readonly<Record<number, Ended>> = {
  1: DELIVERED,
  2: DELIVERED,
  3: { state: 'superseded', unknowns: 0 },
  4: DELIVERED,
  5: DELIVERED,
}

interface Change {
  readonly sent?: readonly Sent[]
  readonly rows?: readonly Journalled[]
  readonly ended?: Readonly<Record<number, Ended>>
  readonly got?: readonly Receipt[]
  readonly left?: number
  readonly own?: number
  readonly integrity?: string
}

/** All that was done well, with one thing changed. */
function evidence(change: Change): Evidence {
  const { sent = SENT, rows = ROWS, ended = {}, got = GOT, left = 0, own = 0, integrity = 'ok' } = change
  const ends = Object.entries({ ...ENDED, ...ended }).map(([seq, end]) => [Number(seq), end] as const)
  return {
    sent,
    journal: { messages: rows, ended: new Map([['all', new Map(ends)]]), left, own, integrity },
    rules: { all: RULES.all as never },
    receipts: { all: got },
    beyond: {},
  }
}

const faults = (change: Change): readonly string[] => audit(evidence(change)).faults
const replace = (at: number, ...by: Receipt[]): readonly Receipt[] => [...GOT.slice(0, at), ...by, ...GOT.slice(at + 1)]

test('a run in which all went well has no faults, and its deliveries add up', () => {
  expect(audit(evidence({}))).toEqual({
    faults: [],
    tally: { owed: 5, delivered: 4, dead: 0, superseded: 1, folded: 0, doubledAfterUnknown: 0, doubledBySender: 0 },
  })
})

test.each<[string, Change, RegExp]>([
  ['answered and not journalled', { rows: ROWS.slice(1), got: replace(0) }, /not in the journal: alert 1/],
  ['settled and never received', { got: replace(0) }, /lost: 1 times "delivered", 0 times received: alert 1/],
  ['journalled and without an end', { ended: { 2: undefined as never } }, /lost/],
  ['ended in a way nobody expects', { ended: { 2: { state: 'discarded', unknowns: 0 } } }, /ended as discarded/],
  ['still queued', { left: 1 }, /1 deliveries are still queued/],
  ['received twice for no reason', { got: replace(0, receipt(1), receipt(1)) }, /doubled without reason.*alert 1/],
  ['overtaken', { got: [GOT[1] as Receipt, GOT[0] as Receipt, ...GOT.slice(2)] }, /out of order: 1 of web/],
  [
    'repeated too late',
    { got: [...GOT, receipt(1)], ended: { 1: { state: 'delivered', unknowns: 1 } } },
    /out of order/,
  ],
  ['a dead letter without a refusal', { ended: { 1: { state: 'dead', unknowns: 0 } } }, /never refused/],
  ['superseded, and nothing newer', { ended: { 4: { state: 'superseded', unknowns: 0 } } }, /superseded by nothing/],
  ['an alert superseded', { ended: { 1: { state: 'superseded', unknowns: 0 } } }, /superseded by nothing: alert 1/],
  ['a message of its own', { own: 1 }, /the relay made 1 messages of its own/],
  ["a peer's message accepted twice", { rows: [...ROWS, { seq: 6, n: 5 }] }, /accepted 2 times: delete 5/],
  ["another message's body", { got: replace(0, receipt(1, '-', '2')) }, /another message's body: 1/],
  ['an id of ours instead of theirs', { got: replace(1, receipt(2, 'web.Down.0')) }, /instead of all\.web\.Down/],
  ['a message nobody sent', { got: [...GOT, receipt(9)] }, /nobody sent 9/],
  ['a broken database', { integrity: 'page 7 is never used' }, /the database is broken: page 7/],
  [
    'journalled in another order than sent',
    { rows: [{ seq: 1, n: 2 }, { seq: 2, n: 1 }, ...ROWS.slice(2)], got: [] },
    /journalled before an earlier one: action 2|journalled before an earlier one: alert 1/,
  ],
])('%s is found', (_, change, fault) => {
  expect(faults(change).join('\n')).toMatch(fault)
})

test('what a destination should not get is found there', () => {
  const given = evidence({})
  const elsewhere = { ...given, rules: { all: { ...(RULES.some as never as object), refuseEvery: 997 } as never } }
  expect(audit(elsewhere).faults.join('\n')).toMatch(/went where it should not go: action 2/)
})

test('a repeat after an unknown attempt is counted, and so is one that its sender caused', () => {
  const unknown = { got: replace(0, receipt(1), receipt(1)), ended: { 1: { state: 'delivered', unknowns: 1 } } }
  expect(audit(evidence(unknown))).toMatchObject({ faults: [], tally: { doubledAfterUnknown: 1, doubledBySender: 0 } })

  const rows = [{ seq: 0, n: 1 }, ...ROWS]
  const sentTwice = { rows, got: replace(0, receipt(1), receipt(1)), ended: { 0: DELIVERED } }
  expect(audit(evidence(sentTwice))).toMatchObject({
    faults: [],
    tally: { doubledAfterUnknown: 0, doubledBySender: 1 },
  })
})

/** Two receptions, the first of which was folded into the second. */
const REPEATED: Change & { readonly sent: readonly Sent[] } = {
  sent: [1, 2].map((n) => ({ ...ABOUT, n, kind: 'alert', severity: 'major', answered: true })),
  rows: [1, 2].map((n) => ({ seq: n, n })),
  ended: { 1: { state: 'folded', unknowns: 0 }, 2: DELIVERED },
  got: [receipt(2, '-', '2', [1, 2])],
}

test('a repeat that was folded into the next one is accounted for', () => {
  const { faults, tally } = audit(evidence(REPEATED))
  expect(faults).toEqual([])
  expect(tally).toMatchObject({ owed: 2, delivered: 1, folded: 1 })
})

test.each<[string, Change, RegExp]>([
  [
    'no repeat',
    { sent: [{ ...ABOUT, n: 1, kind: 'alert', severity: 'major', answered: true }] },
    /into nothing: alert 1/,
  ],
  [
    'a clear',
    { sent: REPEATED.sent.map((one) => ({ ...one, severity: `severity ${one.n}` })) },
    /into nothing: alert 1/,
  ],
  ['an action', { sent: [REPEATED.sent[0] as Sent, { ...(SENT[1] as Sent), n: 2 }] }, /into nothing: alert 1/],
  ['what died itself', { ended: { ...REPEATED.ended, 2: { state: 'dead', unknowns: 0 } } }, /into nothing: alert 1/],
  ['a repeat that lacks its tags', { got: [receipt(2)] }, /its tags were lost in the fold: alert 1/],
])('folded into %s: that is found', (_, change, fault) => {
  expect(faults({ ...REPEATED, ...change }).join('\n')).toMatch(fault)
})

test('a destination that wants every repeat gets every repeat', () => {
  const given = evidence(REPEATED)
  const wanting = { ...given, rules: { all: { ...(RULES.all as never as object), fold: false } as never } }
  expect(audit(wanting).faults.join('\n')).toMatch(/ended as folded: alert 1/)
})

/** The same, but the destination is a relay: \`taken\` is its journal, and all of that came out behind it. */
function throughRelay(taken: readonly Journalled[], change: Change = {}): Evidence {
  const ended = new Map(taken.map(({ seq }) => [seq, DELIVERED]))
  const far = { messages: taken, ended: new Map([['end', ended]]), left: 0, own: 0, integrity: 'ok' }
  return { ...evidence(change), beyond: { all: far } }
}
const TAKEN = [1, 2, 4, 5].map((n) => ({ seq: n * 10, n }))
const UNKNOWN = { ended: { 2: { state: 'delivered', unknowns: 1 } } }

test('a message goes through a relay once, also after an unknown attempt', () => {
  expect(audit(throughRelay(TAKEN, UNKNOWN)).faults).toEqual([])
  const twice = audit(throughRelay([...TAKEN, { seq: 60, n: 2 }], UNKNOWN)).faults.join('\n')
  expect(twice).toMatch(/doubled without reason: received 2.*action 2 of web at all/)
})

test('what a relay took and did not pass on is found, and so is what it never took', () => {
  expect(audit(throughRelay(TAKEN, { got: replace(0) })).faults.join('\n')).toMatch(/lost.*alert 1 .* all and beyond/)
  expect(audit(throughRelay(TAKEN.slice(1))).faults.join('\n')).toMatch(/lost.*alert 1 of web at all$/m)
})
