import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PATIENCE_MS, runs } from '../support/search.js'
import { createMembers, type Member } from './members.js'

const ALERTS = ['r1', 'r2']
const who = fc.constantFrom<Member>('relay', 'a', 'b')
const resource = fc.constantFrom(...ALERTS)
const SEVERITIES = ['critical', 'minor', 'normal'] as const
const ACTIONS = ['ack', 'unack', 'shelve', 'unshelve', 'close', 'open'] as const
type Severity = (typeof SEVERITIES)[number]
type Action = (typeof ACTIONS)[number]
const severity = fc.constantFrom(...SEVERITIES)
const action = fc.constantFrom(...ACTIONS)

const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('post' as const), at: who, resource, severity }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('act' as const), at: who, resource, action }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), at: who, resource }) },
  // a delivery leaves, and is executed there some commands later
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('leave' as const), at: fc.constantFrom('a' as const, 'b' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('arrive' as const), at: fc.constantFrom('a' as const, 'b' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('drain' as const), at: fc.constantFrom('a' as const, 'b' as const) }),
  },
)

type Do = typeof command extends fc.Arbitrary<infer One> ? One : never

async function play(commands: readonly Do[]): Promise<void> {
  const members = await createMembers()
  try {
    for (const one of commands) {
      if (one.do === 'post') await members.post(one.at, one.resource, one.severity)
      else if (one.do === 'act') await members.act(one.at, one.resource, one.action)
      else if (one.do === 'delete') await members.remove(one.at, one.resource)
      else if (one.do === 'leave') await members.leave(one.at)
      else if (one.do === 'arrive') await members.arrive(one.at)
      else await members.drain(one.at)
    }
    for (const name of ['a', 'b'] as const) await members.drain(name)
    const ours = members.alerts('relay')
    expect(members.alerts('a'), 'at a').toEqual(ours)
    expect(members.alerts('b'), 'at b').toEqual(ours)
  } finally {
    await members.end()
  }
}

const post = (at: Member, severity: Severity): Do => ({ do: 'post', at, resource: 'r1', severity })
const act = (at: Member, action: Action): Do => ({ do: 'act', at, resource: 'r1', action })
const to = (what: 'leave' | 'arrive' | 'drain', at: 'a' | 'b'): Do => ({ do: what, at })

test('an ack that waits for a peer does not hold there when it was overruled here, and the peer posted that itself', () =>
  play([
    ...[post('relay', 'normal'), to('leave', 'b'), act('relay', 'ack')],
    ...[post('relay', 'minor'), to('arrive', 'b'), post('b', 'minor')],
  ]))

test('nor where what the peer posted is a copy of what another one did', () =>
  play([
    ...[post('relay', 'normal'), to('drain', 'b'), to('drain', 'a')],
    ...[act('relay', 'ack'), post('a', 'minor'), post('b', 'minor')],
  ]))

// A search finds what ADR 6 tells: about one history in 3,000 in which a peer goes back to a past that only it remembers.
test(
  'whatever two peers and the senders do while deliveries wait or fly, all end with the same alerts in the same state',
  () =>
    fc.assert(fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25, size: 'max' }), play), {
      numRuns: runs(150),
    }),
  PATIENCE_MS,
)
