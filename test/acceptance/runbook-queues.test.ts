import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { killAll } from './relay.js'
import { pairOf, reached, sendNumbered, told } from './runbook.js'
import { closeSinks } from './sink.js'

/** Of docs/operations.md: queues that are full, long, or belong to a name that is no more. */

afterEach(async () => {
  killAll()
  await closeSinks()
})

test('a queue is full and refuses: status says that senders get 503, senders says who, a larger budget lets them in', async () => {
  const { sink, relay, configured } = await pairOf({ queue: { rows: 3 }, overflow: 'refuse' })
  await sink.down()
  await sendNumbered(relay, 3)
  expect(await relay.alert({ resource: 'web9' })).toMatchObject({ status: 503 })
  const status = await told(relay, 'status')
  expect(status).toMatch(/^the queue of mom1 is full: senders are refused with 503; 1 of 2 destinations needs a look/m)
  expect(await told(relay, 'status', 'mom1')).toMatch(
    /^budget +its queue is full: what would go there is refused with 503$/m,
  )
  expect(await told(relay, 'senders')).toMatch(/503 The queue of mom1 is full \(rows\)$/m)
  expect(await told(relay, 'explain', 'alert-0')).toMatch(/^the sender is answered 503: the queue of mom1 is full$/m)

  relay.rewrite({ destinations: configured({ queue: { rows: 5 } }) })
  expect(await told(relay, 'reload')).toMatch(/^changed: mom1$/m)
  expect(await relay.alert({ resource: 'web9' })).toMatchObject({ status: 201 })
  await sink.up()
  await told(relay, 'retry', 'mom1')
  await relay.drained()
  expect(sink.got()).toHaveLength(4)
  expect(await told(relay, 'status')).toMatch(/^all well$/m)
})

test('a queue is full and leaves the rest to a resync: status and why say so, and when the peer is back it has all', async () => {
  const { sink, relay } = await pairOf({ queue: { rows: 3 } })
  await sink.down()
  await sendNumbered(relay, 6)
  await waitFor(
    'a failure to show',
    () => told(relay, 'status'),
    (status) => /its queue was full: what came since is left to a resync/.test(status),
  )
  expect(await told(relay, 'status', 'mom1')).toMatch(
    /^budget +its queue was full: what came since is left to a resync$/m,
  )
  const why = await told(relay, 'why', 'alert-5', 'mom1')
  expect(why).toMatch(/but its queue was full, and the resync has to bring it/)
  expect(why).toContain('alerta-relay resync mom1')

  await sink.up()
  expect(await told(relay, 'diff', 'mom1')).toMatch(/^mom1: 3 missing there/m)
  await told(relay, 'retry', 'mom1')
  await waitFor(
    'the resync to begin and to end by itself',
    () => sink.got().length,
    (count) => count === 6,
    60_000,
  )
  await relay.drained()
  expect(await told(relay, 'diff', 'mom1')).toMatch(/^mom1: equal/m)
  expect(await told(relay, 'status')).toMatch(/^all well$/m)
})

test('a backlog after an outage: status says how fast it shrinks and when it is over, queue how old it is', async () => {
  const { sink, relay } = await pairOf()
  await sink.down()
  await sendNumbered(relay, 60)
  await reached(relay, 'breaker open')
  await sink.up()
  // slow enough to be looked at
  sink.behave({ mode: 'delay', ms: 500 })
  await told(relay, 'retry', 'mom1')
  const one = await waitFor(
    'the rate to show',
    () => told(relay, 'status', 'mom1'),
    (text) => /a second, over the last minute: \d+[sm] to go, were nothing added$/m.test(text),
  )
  expect(one).toMatch(/^queued +\d+ \(.*\), [1-9]\d* of them under way$/m)
  expect(await told(relay, 'queue')).toMatch(/^mom1 +\d+ +\d+ +- /m)
  sink.obey()
  await relay.drained()
  expect(sink.requests().filter(({ status }) => status === 201)).toHaveLength(60)
  expect(await told(relay, 'status')).toMatch(/^all well$/m)
})

test('a destination was renamed without a word: its queue is shown under the old name, and formerly brings it over', async () => {
  const { sink, relay, configured } = await pairOf()
  await sink.down()
  await sendNumbered(relay, 2)
  const [mom1, mom2] = configured() as readonly [object, object]
  relay.rewrite({ destinations: [{ ...mom1, name: 'manager1' }, mom2] })
  await relay.stop()
  await sink.up()
  await relay.restart()
  const status = await told(relay, 'status')
  expect(status).toMatch(/^mom1 +removed +2 /m)
  const one = await told(relay, 'status', 'mom1')
  expect(one).toMatch(/^kind +not configured any more$/m)
  expect(one).toMatch(/formerly/)

  relay.rewrite({ destinations: [{ ...mom1, name: 'manager1', formerly: ['mom1'] }, mom2] })
  await relay.stop()
  await relay.restart()
  expect(await told(relay, 'status')).not.toMatch(/^mom1 /m)
  // its next try was set when it had the old name
  await told(relay, 'retry', 'manager1')
  await relay.drained()
  expect(sink.got()).toHaveLength(2)
})
