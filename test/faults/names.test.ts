import { afterEach, expect, test } from 'vitest'
import type { Resolve } from '../../src/egress/lookup.js'
import { closeSinks, startSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { QUICK } from './attempts.js'
import { startInside } from './inside.js'

afterEach(closeSinks)

const answerWith =
  (address: string): Resolve =>
  (_hostname, answer) =>
    answer(null, [{ address, family: 4 }])
const failWith =
  (code: string): Resolve =>
  (_hostname, answer) =>
    answer(Object.assign(new Error(code), { code }), [])

/** A relay with a destination under a name that is resolved as the test says, and another that is well. */
async function world(more: object = {}) {
  const [sink, other] = [await startSink(), await startSink()]
  const name = { resolve: answerWith('127.0.0.1') }
  const url = sink.url.replace('127.0.0.1', 'mom1.example.com')
  const relay = await startInside(
    {
      destinations: [
        { name: 'mom1', url, ...QUICK, ...more },
        { name: 'well', url: other.url, ...QUICK },
      ],
    },
    { resolve: (hostname, answer) => name.resolve(hostname, answer) },
  )
  const attempts = () => relay.log.filter((one) => one.msg === 'delivery attempted' && one.destination === 'mom1')
  return { sink, other, name, relay, attempts }
}

test.each([
  ['does not exist', failWith('ENOTFOUND'), 'host name not found (ENOTFOUND)'],
  ['cannot be resolved now', failWith('EAI_AGAIN'), 'host name could not be resolved now (EAI_AGAIN)'],
])('a name that %s: tried again, and delivered when it resolves', async (_what, resolve: Resolve, note) => {
  const { sink, other, name, relay, attempts } = await world()
  name.resolve = resolve
  for (const text of ['1', '2', '3'])
    expect(await relay.alert({ event: `Event${text}`, text })).toMatchObject({ status: 201 })
  await waitFor('two attempts', attempts, (made) => made.length >= 2)
  for (const attempt of attempts()) expect(attempt).toMatchObject({ outcome: 'retry', note, to: 'queued' })
  await waitFor(
    'the other destination',
    () => other.got().length,
    (got) => got === 3,
  )
  expect(await relay.destination('mom1')).toMatchObject({ queued: 3, dead: 0 })
  name.resolve = answerWith('127.0.0.1')
  await relay.drained()
  expect(sink.got()).toEqual(['web01 critical 1', 'web01 critical 2', 'web01 critical 3'])
})

test('a name server that says nothing for long: the attempts end all the same, and it is delivered when it resolves', async () => {
  const asked: Parameters<Resolve>[1][] = []
  const { sink, name, relay, attempts } = await world()
  name.resolve = (_hostname, answer) => void asked.push(answer)
  for (const text of ['1', '2', '3'])
    expect(await relay.alert({ event: `Event${text}`, text })).toMatchObject({ status: 201 })
  await waitFor('two attempts', attempts, (made) => made.length >= 2)
  for (const attempt of attempts()) {
    expect(attempt).toMatchObject({ outcome: 'retry', note: 'no connection within 0.5 s', to: 'queued' })
  }
  expect(asked, 'one question at a time').toHaveLength(1)
  name.resolve = answerWith('127.0.0.1')
  failWith('EAI_AGAIN')('', asked[0] as (typeof asked)[0])
  await relay.drained()
  expect(sink.got()).toEqual(['web01 critical 1', 'web01 critical 2', 'web01 critical 3'])
})

test('deny_private: a name that turns to a private address gets nothing, and its queue waits', async () => {
  const { sink, other, relay, attempts } = await world({ deny_private: true })
  expect(await relay.alert({ text: '1' })).toMatchObject({ status: 201 })
  await waitFor('two attempts', attempts, (made) => made.length >= 2)
  const note = 'the address is a private one, and deny_private is true (ERR_PRIVATE_ADDRESS)'
  for (const attempt of attempts()) expect(attempt).toMatchObject({ outcome: 'retry', note, to: 'queued' })
  expect(await relay.destination('mom1')).toMatchObject({ queued: 1, dead: 0, lastFailure: { note } })
  await waitFor(
    'the other destination',
    () => other.got().length,
    (got) => got === 1,
  )
  expect(sink.requests()).toEqual([])
})
