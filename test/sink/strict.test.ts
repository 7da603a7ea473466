import { expect, onTestFinished, test } from 'vitest'
import { createSigner } from '../../src/auth/sign.js'
import { systemClock } from '../../src/base/clock.js'
import type { Credential } from '../../src/config/destination.js'
import { createClient } from '../../src/egress/client.js'
import { buildRequest } from '../../src/egress/request.js'
import type { Message } from '../../src/model/message.js'
import { type Given, sinkAuth } from '../../src/sink/credentials.js'
import { destination, message, OURS } from '../egress/fixtures.js'
import { alert, talkTo } from './talk.js'

async function strict(given: Given) {
  const result = await sinkAuth(given)
  if (!result.ok) throw new Error(result.problem)
  return talkTo({ auth: result.auth })
}

const hawk = { type: 'hawk', key: 'relay1', secret: 's:3cret' } as const
const GIVEN: Given = { key: ['k1'], token: ['t1'], basic: ['ops:pass:word'], hawk: ['relay1:s:3cret'] }

test.each([
  [hawk, 'hawk relay1'],
  [{ type: 'basic', username: 'ops', password: 'pass:word' }, 'user ops'],
  [{ type: 'key', key: 'k1' }, 'key 1'],
  [{ type: 'bearer', token: 't1' }, 'token 1'],
] as const)('what our own client signs with %o is taken: alert, action, delete', async (auth, who) => {
  const { sink, url } = await strict(GIVEN)
  const config = destination({ url: `${url}/api`, auth })
  const client = createClient(config, {
    sign: createSigner(config.auth as Credential, systemClock),
    clock: systemClock,
  })
  onTestFinished(() => client.close())
  const send = async (parts: Partial<Message>) => {
    const request = buildRequest(
      config,
      { message: message({ alertId: "ü 'a'/(1)", ...parts }), alias: undefined },
      OURS,
    )
    const exchange = await client.exchange(request, new AbortController().signal)
    return exchange.kind === 'answer' ? exchange.status : exchange
  }
  const body = (value: object) => Buffer.from(JSON.stringify(value))
  expect(await send({ body: body(alert({ id: "ü 'a'/(1)" })) })).toBe(201)
  expect(await send({ kind: 'action', body: body({ action: 'ack' }) })).toBe(200)
  expect(await send({ kind: 'delete', body: null })).toBe(200)
  expect(sink.requests().map((request) => request.who)).toEqual([who, who, who])
})

test.each(['Key wrong', 'Bearer wrong', `Basic ${btoa('ops:wrong')}`, 'Hawk id="relay1", ts="1", nonce="n", mac="m"'])(
  '%s is refused everywhere',
  async (authorization) => {
    const { ask } = await strict(GIVEN)
    for (const path of ['/config', '/alerts/count', '/anything']) {
      expect(await ask('GET', path, undefined, { authorization })).toMatchObject({
        status: 401,
        body: { status: 'error' },
      })
    }
  },
)

test('without a credential only /config and /management/gtg answer', async () => {
  const { ask, url } = await strict(GIVEN)
  expect(await ask('POST', '/alert', alert())).toMatchObject({ status: 401 })
  expect(await ask('GET', '/api/alerts/count')).toMatchObject({ status: 401 })
  expect(await ask('GET', '/api/config')).toMatchObject({ status: 200 })
  expect((await fetch(`${url}/management/gtg`)).status).toBe(200)
})

test('a Hawk header is good once, and for its own body and method', async () => {
  const { ask, url } = await strict({ hawk: ['relay1:s3cret'] })
  const { auth } = destination({ auth: { ...hawk, secret: 's3cret' } })
  const body = alert()
  const signed = {
    method: 'POST',
    url: `${url}/alert`,
    body: Buffer.from(JSON.stringify(body)),
    contentType: 'application/json',
  }
  const authorization = createSigner(auth, systemClock)(signed) as string
  expect(await ask('POST', '/alert', alert({ resource: 'other' }), { authorization })).toMatchObject({ status: 401 })
  expect(await ask('PUT', '/alert', body, { authorization })).toMatchObject({ status: 401 })
  expect(await ask('POST', '/alert', body, { authorization })).toMatchObject({ status: 201 })
  expect(await ask('POST', '/alert', body, { authorization })).toMatchObject({ status: 401 })
})

test.each([{ basic: ['ops'] }, { basic: ['ops:'] }, { hawk: [':secret'] }, { key: [''] }, { token: ['a b'] }])(
  '%o is no credential',
  async (given) => {
    expect(await sinkAuth(given)).toMatchObject({ ok: false })
  },
)
