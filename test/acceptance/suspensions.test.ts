import { afterEach, expect, test } from 'vitest'
import type { RuleInput } from '../../src/sink/behaviour.js'
import { waitFor } from '../support/wait.js'
import { inOrder, sendMany } from './load.js'
import { killAll, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const FAULTS: readonly (readonly [string, RuleInput, 'alerta' | 'http', RegExp])[] = [
  ['a wrong credential', { mode: 'status', status: 401 }, 'alerta', /credential/],
  ['a wrong credential at an http system', { mode: 'status', status: 401 }, 'http', /credential/],
  ['an HTML login page with 200', { mode: 'html', status: 200 }, 'alerta', /login page/],
  ['a redirect', { mode: 'redirect', status: 302 }, 'alerta', /redirects/],
  ['404 for everything', { mode: 'status', status: 404 }, 'alerta', /url/],
  ['415 for everything', { mode: 'status', status: 415 }, 'alerta', /url/],
]

test.each(FAULTS)('%s suspends the destination and keeps the queue whole', async (_name, rule, kind, hint) => {
  const sink = await startSink()
  sink.behave(rule)
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url, kind }] })
  await sendMany(relay, 0, 50)
  const suspended = await waitFor(
    'the suspension',
    () => relay.destination('mom1'),
    ({ state }) => state === 'suspended',
  )
  expect(suspended.hint).toMatch(hint)
  expect(suspended).toMatchObject({ queued: 50, dead: 0 })
  // it stays so across a restart, probed now and then
  await relay.kill()
  await relay.restart()
  expect(await relay.destination('mom1')).toMatchObject({ state: 'suspended', queued: 50, dead: 0 })
  sink.obey()
  await relay.drained()
  expect(sink.got()).toHaveLength(50)
  expect(inOrder(sink.got())).toBe(true)
  expect(await relay.destination('mom1')).toMatchObject({ state: 'flowing', dead: 0 })
})

test('two relays that share a base_url by mistake: suspended with the hint, nothing counted as delivered', async () => {
  const b = await startRelay({ destinations: [] })
  const a = await startRelay({
    destinations: [{ name: 'b', kind: 'relay', url: `${b.url}/api`, auth: { type: 'key', key: 'test-key' } }],
    config: { base_url: b.url },
  })
  await a.alert({ text: 'x' })
  const suspended = await waitFor(
    'the suspension',
    () => a.destination('b'),
    ({ state }) => state === 'suspended',
  )
  expect(suspended.hint).toContain('our own name')
  expect(suspended.queued).toBe(1)
  expect((await a.status()).counters['delivered.b']).toBeUndefined()
})

test('a peer that refuses everything: after twenty deaths the rest of the queue is kept', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'status', status: 400 })
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  await sendMany(relay, 0, 60)
  const suspended = await waitFor(
    'the suspension',
    () => relay.destination('mom1'),
    ({ state }) => state === 'suspended',
  )
  expect(suspended.why).toMatch(/died in a row/)
  sink.obey()
  await relay.drained()
  const { dead } = await relay.destination('mom1')
  expect(dead).toBeGreaterThanOrEqual(20)
  expect(dead).toBeLessThan(20 + 8)
  expect(sink.got()).toHaveLength(60 - dead)
})

test('deletes that the peer refuses die one by one, the alerts flow', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  sink.behave({ mode: 'status', status: 403, match: { method: 'DELETE' } })
  for (let i = 0; i < 5; i += 1) {
    await relay.alert({ id: `a${i}`, resource: `r${i}`, text: `${i}` })
    await relay.delete(`a${i}`)
  }
  await relay.drained()
  expect(sink.got()).toHaveLength(5)
  expect(await relay.destination('mom1')).toMatchObject({ dead: 5, state: 'flowing' })
})
