import { afterEach, expect, test } from 'vitest'
import { authSchema } from '../../src/config/auth.js'
import { waitFor } from '../support/wait.js'
import { KEY, killAll, type RelayProcess, startRelay } from './relay.js'
import { pairOf, reached, sendNumbered, told } from './runbook.js'
import { closeSinks } from './sink.js'

/** Of docs/operations.md: what a destination does wrong, as an operator sees it who has only the commands. */

afterEach(async () => {
  killAll()
  await closeSinks()
})

test('a destination is down: status says so and when it is asked again, why says what waits, retry goes at once', async () => {
  const { sink, relay } = await pairOf()
  await sink.down()
  await sendNumbered(relay, 6)
  await reached(relay, 'breaker open')
  const status = await told(relay, 'status')
  expect(status).toMatch(/^1 of 2 destinations needs a look: 1 breaker open$/m)
  expect(status).toMatch(/^mom1 +open +6 .*probe in \d+[sm].*connection refused \(ECONNREFUSED\)$/m)
  expect(status).toMatch(/^mom2 +flowing +0 /m)

  const one = await told(relay, 'status', 'mom1')
  expect(one).toMatch(/^why +connection refused \(ECONNREFUSED\)$/m)
  expect(one).toMatch(/^next +probe in /m)
  expect(one).toContain('alerta-relay retry mom1')
  const why = await told(relay, 'why', 'alert-0', 'mom1')
  expect(why).toMatch(/^has it +no: nothing about it has arrived there/m)
  expect(why).toMatch(/^next +breaker open, probe in .*: the relay probes the destination by itself/m)

  await sink.up()
  expect(await told(relay, 'retry', 'mom1')).toMatch(/^mom1 is tried now, 6 messages are queued for it$/m)
  await relay.drained()
  expect(sink.got()).toHaveLength(6)
  expect(await told(relay, 'status')).toMatch(/^all well$/m)
})

test('a destination hangs beyond its timeout: status does not call that well, and says how long it was waited', async () => {
  const { sink, relay } = await pairOf({ timeout: '200ms' })
  sink.behave({ mode: 'hang', execute: true })
  await sendNumbered(relay, 2)
  await waitFor(
    'attempts without an answer',
    () => relay.status(),
    ({ counters }) => (counters['attempt.unknown.mom1'] ?? 0) >= 2,
  )
  const status = await told(relay, 'status')
  expect(status).toMatch(/^1 of 2 destinations needs a look: 1 failing$/m)
  expect(status).toMatch(/^mom1 +flowing +2 .*no answer within 0\.2 s$/m)
  const one = await told(relay, 'status', 'mom1')
  expect(one).toMatch(/^why +the last try failed: no answer within 0\.2 s$/m)
  expect(one).toContain('alerta-relay check --probe')
  expect(one).toContain('alerta-relay retry mom1')

  sink.obey()
  await told(relay, 'retry', 'mom1')
  await relay.drained()
  expect(await told(relay, 'trace', 'alert-0')).toMatch(/mom1 +delivered .* later, at try 2/)
})

test.each([503, 429])(
  'a destination is too busy (%i): it is paused as long as it asked for, and retry ends that',
  async (code) => {
    const { sink, relay } = await pairOf()
    sink.behave({ mode: 'status', status: code, retryAfter: 240 })
    await sendNumbered(relay, 2)
    await reached(relay, 'paused')
    const one = await told(relay, 'status', 'mom1')
    expect(one).toMatch(/^mom1: paused$/m)
    expect(one).toMatch(new RegExp(`^why +answered ${code}: told to misbehave$`, 'm'))
    expect(one).toMatch(/^next +try in [34]m /m)
    expect(await told(relay, 'why', 'alert-0', 'mom1')).toMatch(/^next +busy, goes on in [34]m: /m)

    sink.obey()
    expect(await told(relay, 'retry', 'mom1')).toMatch(/^mom1 is tried now/m)
    await relay.drained()
    expect(sink.got()).toHaveLength(2)
  },
)

test('a credential is refused: status says so in the words of the peer, check --probe finds it, reload brings the right one', async () => {
  const auth = authSchema.parse({ api_keys: [{ key: 'right-key', scopes: ['admin'] }] })
  const { sink, relay, configured } = await pairOf({ auth: { type: 'key', key: 'wrong-key' } }, { auth })
  await sendNumbered(relay, 3)
  await reached(relay, 'suspended')
  const status = await told(relay, 'status')
  expect(status).toMatch(/^1 of 2 destinations needs a look: 1 suspended$/m)
  expect(status).toMatch(/answered 401: .*API key/)
  expect(status).toContain('the credential is wrong or has expired')
  const one = await told(relay, 'status', 'mom1')
  expect(one).toMatch(/^state +suspended, since (now|\d+s ago)$/m)
  expect(one).toContain('alerta-relay check --probe')
  expect(await told(relay, 'check', '--probe')).toMatch(
    /^fail {2}mom1: does not serve a request with our credential: /m,
  )

  relay.rewrite({ destinations: configured({ auth: { type: 'key', key: 'right-key' } }) })
  expect(await told(relay, 'check', '--probe')).toMatch(/^ok {4}mom1: takes our credential \(key\)$/m)
  expect(await told(relay, 'reload')).toMatch(/^changed: mom1$/m)
  expect(await told(relay, 'release', 'mom1')).toMatch(/^mom1 is released, 3 messages are queued for it$/m)
  await relay.drained()
  expect(sink.got()).toHaveLength(3)
  expect(await told(relay, 'dead', 'mom1')).toBe('mom1: 0 dead\n')
})

test('a login page answers in the place of a peer: nothing counts as delivered, and the hint says what to look at', async () => {
  const { sink, relay } = await pairOf()
  sink.behave({ mode: 'html', status: 200 })
  await sendNumbered(relay, 2)
  await reached(relay, 'suspended')
  const one = await told(relay, 'status', 'mom1')
  expect(one).toMatch(/^why +answered 200 with no JSON object \(text\/html/m)
  expect(one).toMatch(/^hint +a proxy or login page seems to answer instead of Alerta: check the url$/m)
  expect(await told(relay, 'why', 'alert-0', 'mom1')).toMatch(/^has it +no: /m)
  expect(await told(relay, 'check', '--probe')).toMatch(/^fail {2}mom1: .*GET \/config gave 200 \(text\/html/m)

  sink.obey()
  await told(relay, 'release', 'mom1')
  await relay.drained()
  expect(sink.got()).toHaveLength(2)
})

test('two servers have one name: the hint names it, check --probe too, and nothing was lost when that is mended', async () => {
  const peer = await startRelay({ destinations: [] })
  const destinations = [
    {
      ...{ name: 'mom1', kind: 'relay', url: `${peer.url}/api`, auth: { type: 'key', key: KEY } },
      backoff: { first: '1m', ceiling: '10m' },
    },
  ]
  const relay = await startRelay({ destinations, config: { base_url: peer.url } })
  await sendNumbered(relay, 2)
  await reached(relay, 'suspended')
  const status = await told(relay, 'status')
  expect(status).toMatch(/answered 202: Alert forwarded by .* already processed by /)
  expect(status).toContain(`calls itself ${peer.url}, which is our own name: give one of the two another base_url`)
  expect(await told(relay, 'check', '--probe')).toMatch(/^fail {2}mom1: has our own name /m)

  relay.rewrite({ destinations: destinations.map((one) => ({ ...one, base_url: peer.url })) })
  await relay.stop()
  await relay.restart()
  expect(await told(relay, 'check', '--probe')).toMatch(/^ok {4}mom1: calls itself /m)
  await told(relay, 'release', 'mom1')
  await relay.drained()
  expect((await peer.status()).counters['accepted.alert']).toBe(2)
})

test('one alert is poison to a peer: dead, show and why tell its answers, the others flow, replay sends it again', async () => {
  const { sink, relay } = await pairOf({ poison_after: '100ms', backoff: { first: '50ms', ceiling: '100ms' } })
  sink.behave({ mode: 'status', status: 500, match: { resource: 'web0' } })
  await sendNumbered(relay, 1)
  await waitFor(
    'the poison to be buried',
    async () => {
      await relay.alert({ resource: 'another' })
      return relay.destination('mom1')
    },
    ({ dead }) => dead === 1,
  )
  await relay.drained()
  const status = await told(relay, 'status')
  expect(status).toMatch(/^1 of 2 destinations needs a look: 1 with dead letters$/m)
  expect(status).toContain('alerta-relay dead mom1 tells why')
  expect(await told(relay, 'dead', 'mom1')).toMatch(/told to misbehave, \d+ times while others passed$/m)
  const why = await told(relay, 'why', 'alert-0', 'mom1')
  expect(why).toMatch(/^dead +1; the newest .*500 told to misbehave, \d+ times while others passed/m)
  const [, message = ''] = /alerta-relay replay mom1 --message (\S+)/.exec(why) ?? []
  const shown = await told(relay, 'show', message)
  expect(shown).toMatch(/^dead at mom1; delivered at mom2$/m)
  expect(shown).toMatch(/^ +1 .* 500 +told to misbehave$/m)

  sink.obey()
  expect(await told(relay, 'replay', 'mom1', '--message', message)).toMatch(/^replayed to mom1: 1$/m)
  await relay.drained()
  expect(sink.got().filter((one) => one.startsWith('web0'))).toHaveLength(1)
  await gone(relay)
})

test('one alert is poison to a peer with little traffic: the few others go out at once, and its breaker stays closed', async () => {
  const { sink, relay } = await pairOf({ backoff: { first: '50ms', ceiling: '100ms' } })
  sink.behave({ mode: 'status', status: 500, match: { resource: 'web0' } })
  await sendNumbered(relay, 1)
  for (let n = 0; n < 10; n += 1) {
    await relay.alert({ resource: `other${n}` })
    const tries = sink.requests().length
    await waitFor(
      'further tries of the poison',
      async () => sink.requests().length,
      (now) => now > tries + 3,
    )
  }
  expect(relay.log.filter(({ msg }) => msg === 'breaker changed')).toEqual([])
  expect(sink.got().filter((one) => one.startsWith('other'))).toHaveLength(10)
})

const gone = (relay: RelayProcess) =>
  waitFor(
    'no dead letter',
    () => relay.destination('mom1'),
    ({ dead }) => dead === 0,
  )

test('a peer refuses everything: it is suspended with the reason after twenty, and the rest is kept', async () => {
  const { sink, relay } = await pairOf()
  sink.behave({ mode: 'status', status: 422 })
  await sendNumbered(relay, 40)
  await reached(relay, 'suspended')
  const one = await told(relay, 'status', 'mom1')
  expect(one).toMatch(/^why +20 deliveries died in a row, the last of: told to misbehave$/m)
  expect(one).toContain('alerta-relay replay mom1 --dry-run')
  sink.obey()
  await told(relay, 'release', 'mom1')
  await relay.drained()
  expect(await told(relay, 'replay', 'mom1')).toMatch(/^replayed to mom1: 2\d$/m)
  await relay.drained()
  expect(sink.got()).toHaveLength(40)
})
