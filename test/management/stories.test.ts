import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { type Serving, serve, stopServing } from './serving.js'

afterEach(stopServing)

/** One destination that is away, one that takes no alerts. */
const world = (): Promise<Serving> =>
  serve({
    destinations: [
      { name: 'away', url: 'http://127.0.0.1:9' },
      { name: 'acts', url: 'http://127.0.0.1:9', forward: ['actions'] },
    ],
  })

interface Message {
  readonly message: string
  readonly alert: string
  readonly deliveries: readonly { readonly waits: { readonly for: string } | null; readonly tries: readonly object[] }[]
  readonly skipped: readonly object[]
}

async function ask(
  relay: Serving,
  path: string,
  key = 'admin',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await relay.get(`/operator${path}`, key)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const messages = async (relay: Serving, query: string): Promise<readonly Message[]> =>
  (await ask(relay, `/messages?${query}`)).body.messages as readonly Message[]

test('messages are listed by what is asked for, times as durations and as times', async () => {
  const relay = await world()
  for (const id of ['a', 'b', 'c']) await relay.alert({ id, resource: id })
  expect((await messages(relay, 'limit=2')).map(({ alert }) => alert)).toEqual(['c', 'b'])
  expect(await messages(relay, 'since=1h&resource=a')).toHaveLength(1)
  expect(await messages(relay, 'until=1h')).toEqual([])
  expect(await messages(relay, 'since=2026-01-01T00:00:00Z&state=skipped&destination=acts')).toHaveLength(3)
  const [one] = await messages(relay, 'alert=a')
  expect(one?.skipped).toEqual([{ destination: 'acts', why: 'filter' }])
  expect(JSON.stringify(await messages(relay, ''))).not.toContain('"body"')
})

test.each([
  ['limit=0', 400],
  ['limit=501', 400],
  ['cursor=x', 400],
  ['state=lost', 400],
  ['since=yesterday', 400],
  ['colour=red', 400],
  ['destination=nobody', 404],
])('a list by %s is refused with %i', async (query, status) => {
  expect((await ask(await world(), `/messages?${query}`)).status).toBe(status)
})

test('a message is told with its attempts, and its body only to whoever asks for it', async () => {
  const relay = await world()
  await relay.alert({ id: 'a', text: 'a secret of the sender' })
  const [{ message } = { message: '' }] = await messages(relay, '')
  const told = await waitFor(
    'an attempt',
    async () => (await ask(relay, `/messages/${message}`)).body,
    (body) => ((body.message as Message).deliveries[0]?.tries.length ?? 0) > 0,
  )
  expect((told.message as Message).deliveries[0]?.tries[0]).toMatchObject({ n: 1, outcome: 'retry', httpStatus: null })
  expect(told).toMatchObject({ body: null, bodyBytes: expect.any(Number), cut: false })
  const whole = (await ask(relay, `/messages/${message}?body=true`)).body
  expect(JSON.parse(String(whole.body))).toMatchObject({ id: 'a', text: 'a secret of the sender' })
  expect((await ask(relay, '/messages/0')).status).toBe(message.startsWith('0') ? 200 : 404)
  expect((await ask(relay, '/messages/zzz')).status).toBe(404)
  await relay.alert({ id: 'b' })
  const several = await ask(relay, `/messages/${message.slice(0, 4)}`)
  expect(several).toMatchObject({ status: 409, body: { message: expect.stringContaining(message) } })
})

test('what stands in the way is told: a hold, and that a destination takes no alerts', async () => {
  const relay = await world()
  await relay.send('POST', '/operator/destinations/away/hold', { reason: 'upgrade', for: '1h' })
  await relay.alert({ id: 'alert-one' })
  const [held] = await messages(relay, 'state=queued')
  expect(held?.deliveries[0]?.waits).toMatchObject({ for: 'held', why: 'upgrade' })
  const { body } = await ask(relay, '/alerts/alert-on/at/away')
  expect(body).toMatchObject({ should: { is: 'yes' }, has: { is: 'no' }, help: [{ command: 'release away' }] })
  expect((await ask(relay, '/alerts/alert-one/at/acts')).body).toMatchObject({
    should: { is: 'no', why: 'forward [actions] has no word for it' },
  })
  expect((await ask(relay, '/alerts/nobody/at/away')).status).toBe(404)
  expect((await ask(relay, '/alerts/alert-one/at/nowhere')).status).toBe(404)
})

test('stories are for those only who may see how the relay is', async () => {
  const relay = await world()
  await relay.alert({ id: 'alert-one' })
  for (const path of ['/messages', '/alerts/alert-one/trace', '/alerts/alert-one/at/away']) {
    expect((await ask(relay, path, 'read:alerts')).status).toBe(403)
    expect((await ask(relay, path, 'read:management')).status).toBe(200)
  }
})
