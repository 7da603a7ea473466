import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEVERITY_LEVEL } from '../../src/model/alert.js'
import type { Draft } from '../../src/model/message.js'
import { actionDraft, alertDraft, changeDraft } from '../support/drafts.js'
import { createFederation, type Edge } from '../support/federation.js'
import { PATIENCE_MS, runs } from '../support/search.js'

const PAIR: Edge[] = [
  { from: 'a', to: 'b' },
  { from: 'b', to: 'a' },
]
const MESH: Edge[] = [
  ...PAIR,
  { from: 'a', to: 'c' },
  { from: 'c', to: 'a' },
  { from: 'b', to: 'c' },
  { from: 'c', to: 'b' },
]

const draftOf = (what: string, id = 'x'): Draft => {
  const [kind, status] = what.split(' ')
  if (status !== undefined) return changeDraft(id, { kind: 'status', status, text: '', timeout: null })
  if (kind === 'tag' || kind === 'untag') return changeDraft(id, { kind, tags: ['a'] })
  if (!Object.hasOwn(SEVERITY_LEVEL, what)) return actionDraft(id, what)
  return alertDraft({ severity: what, resource: id }, { alertId: id })
}

/** What is done meanwhile: new severities, and operators' work. */
const writesAt = (names: readonly string[]) =>
  fc.array(
    fc.record({
      at: fc.constantFrom(...names),
      write: fc.constantFrom(
        ...['critical', 'minor', 'normal', 'ack', 'unack', 'shelve', 'unshelve', 'close', 'open'],
        ...['status assign', 'status shelved', 'status closed', 'tag', 'untag'],
      ),
      carry: fc.nat({ max: names.length }),
    }),
    { minLength: 2, maxLength: 8 },
  )

/** Whatever is done at them, whichever way is slow: they get quiet, and then `ends` holds of the history's alert at all. */
async function histories(
  {
    among,
    edges,
    usual,
  }: { readonly among: readonly string[]; readonly edges: readonly Edge[]; readonly usual: number },
  ends: (ledgers: readonly (readonly string[])[]) => void,
): Promise<void> {
  // the stores are for all histories, each about an alert of its own: to open them takes longer than a history
  const federation = await createFederation(among, edges)
  let count = 0
  const property = fc.asyncProperty(writesAt(among), fc.infiniteStream(fc.nat()), async (list, stream) => {
    const pick = (choices: number) => stream.next().value % choices
    count += 1
    const id = `x${count}`
    await federation.post('a', draftOf('major', id))
    await federation.settle(pick)
    for (const one of list) {
      await federation.post(one.at, draftOf(one.write, id))
      for (let n = 0; n < one.carry; n += 1) await federation.carryOne(pick)
    }
    await federation.settle(pick)
    ends(among.map((name) => federation.ledger(name, id)))
  })
  try {
    await fc.assert(property, { numRuns: runs(usual), endOnFailure: true })
  } finally {
    await federation.end()
  }
}

test.each([
  { among: ['a', 'b'], edges: PAIR, usual: 150 },
  { among: ['a', 'b', 'c'], edges: MESH, usual: 40 },
])(
  'whatever is done at $among while the ways between them are slow, their ledgers end equal',
  (given) =>
    histories(given, ([first, ...others]) => {
      for (const other of others) expect(other).toEqual(first)
    }),
  PATIENCE_MS,
)

test(
  'relays that are no peers to each other may end unequal, but get quiet',
  () => {
    const edges = MESH.map((edge) => ({ ...edge, stranger: true }))
    return histories({ among: ['a', 'b', 'c'], edges, usual: 40 }, (ledgers) => {
      for (const ledger of ledgers) expect(ledger).toHaveLength(1)
    })
  },
  PATIENCE_MS,
)

/** Both say the same in the end, whoever did what before he heard of the other. */
async function endsAs(state: string, done: readonly (readonly ['a' | 'b', string])[]): Promise<void> {
  const federation = await createFederation(['a', 'b'], PAIR)
  try {
    await federation.post('a', draftOf('major'))
    await federation.settle()
    for (const [at, write] of done) await federation.post(at, draftOf(write))
    await federation.settle()
    expect([federation.ledger('a'), federation.ledger('b')]).toEqual([[state], [state]])
  } finally {
    await federation.end()
  }
}

test('an ack that changed nothing at one relay is not taken for the ack that was made at the other', () =>
  endsAs('major ack', [
    ['b', 'status assign'],
    ['a', 'ack'],
    ['b', 'ack'],
  ]))

test('an ack that ended elsewhere in a closed alert is open again everywhere once it is no longer normal', () =>
  endsAs('minor open', [
    ['a', 'normal'],
    ['b', 'shelve'],
    ['b', 'unshelve'],
    ['b', 'minor'],
  ]))

test('a status that was set by its name is meant at both relays, also for an alert that meanwhile was normal', () =>
  endsAs('normal open', [
    ['a', 'normal'],
    ['b', 'status assign'],
    ['b', 'status open'],
  ]))

test('what an operator sets on a normal alert, or tags there, is the same at the other relay', async () => {
  const federation = await createFederation(['a', 'b'], PAIR)
  try {
    for (const write of ['major', 'normal', 'status ack', 'tag', 'untag']) {
      await federation.post('a', draftOf(write))
      await federation.settle()
    }
    expect([federation.ledger('a'), federation.ledger('b')]).toEqual(Array(2).fill(['normal ack']))
  } finally {
    await federation.end()
  }
})

test('a normal alert that an operator opens again is open at the other relay too', async () => {
  const federation = await createFederation(['a', 'b'], PAIR)
  try {
    for (const write of ['major', 'normal', 'status shelved', 'open']) {
      await federation.post('b', draftOf(write))
      await federation.settle()
    }
    expect([federation.ledger('a'), federation.ledger('b')]).toEqual(Array(2).fill(['normal open']))
  } finally {
    await federation.end()
  }
})

test('an ack that was refused at one relay, and counted at the other, counts at both in the end', async () => {
  const federation = await createFederation(['a', 'b'], PAIR)
  try {
    await federation.post('a', draftOf('major'))
    await federation.settle()
    await federation.post('b', draftOf('status closed'))
    await federation.post('a', draftOf('ack'))
    await federation.post('b', draftOf('ack'))
    await federation.settle()
    expect(federation.ledger('a')).toEqual(federation.ledger('b'))
  } finally {
    await federation.end()
  }
})
