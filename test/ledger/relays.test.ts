import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEVERITY_LEVEL } from '../../src/model/alert.js'
import type { Draft } from '../../src/model/message.js'
import { actionDraft, alertDraft, changeDraft } from '../support/drafts.js'
import { createFederation, type Edge } from '../support/federation.js'

const SEED = 20_261_121

const PAIR: Edge[] = [
  { from: 'a', to: 'b' },
  { from: 'b', to: 'a' },
]

const draftOf = (what: string): Draft => {
  const [kind, status] = what.split(' ')
  if (status !== undefined) return changeDraft('x', { kind: 'status', status, text: '', timeout: null })
  if (kind === 'tag' || kind === 'untag') return changeDraft('x', { kind, tags: ['a'] })
  return Object.hasOwn(SEVERITY_LEVEL, what) ? alertDraft({ severity: what }, { alertId: 'x' }) : actionDraft('x', what)
}
/** What is done meanwhile: new severities, and operators' work. */
const writes = fc.array(
  fc.record({
    at: fc.constantFrom('a', 'b'),
    write: fc.constantFrom(
      ...['critical', 'minor', 'normal', 'ack', 'unack', 'shelve', 'unshelve', 'close', 'open'],
      ...['status assign', 'status shelved', 'status closed', 'tag', 'untag'],
    ),
    carry: fc.nat({ max: 2 }),
  }),
  { minLength: 2, maxLength: 8 },
)

test('whatever is done at two relays while the way between them is slow, both ledgers end equal', async () => {
  await fc.assert(
    fc.asyncProperty(writes, fc.infiniteStream(fc.nat()), async (list, stream) => {
      const federation = await createFederation(['a', 'b'], PAIR)
      try {
        const pick = (choices: number) => stream.next().value % choices
        await federation.post('a', alertDraft({ severity: 'major' }, { alertId: 'x' }))
        await federation.settle(pick)
        for (const one of list) {
          await federation.post(one.at, draftOf(one.write))
          for (let n = 0; n < one.carry; n += 1) await federation.carryOne(pick)
        }
        await federation.settle(pick)
        expect(federation.ledger('a')).toEqual(federation.ledger('b'))
      } finally {
        await federation.end()
      }
    }),
    // some in a thousand histories still end unequal (README, limits): RUNS=1000 looks for others
    process.env.RUNS === undefined
      ? { numRuns: 60, seed: SEED }
      : { numRuns: Number(process.env.RUNS), endOnFailure: true },
  )
}, 120_000)

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
