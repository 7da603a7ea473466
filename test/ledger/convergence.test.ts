import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMembers, type Member } from './members.js'

const ALERTS = ['r1', 'r2']
const who = fc.constantFrom<Member>('relay', 'a', 'b')
const resource = fc.constantFrom(...ALERTS)
const severity = fc.constantFrom('critical', 'minor', 'normal')
const action = fc.constantFrom('ack', 'unack', 'shelve', 'unshelve', 'close', 'open')

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

test('whatever two peers and the senders do while deliveries wait or fly, all end with the same alerts in the same state', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25, size: 'max' }), async (commands) => {
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
    }),
    { numRuns: Number(process.env.RUNS ?? 150) },
  )
}, 120_000)
