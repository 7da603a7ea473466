import { describe, expect, test } from 'vitest'
import { createAuthenticator } from '../../src/auth/credentials.js'
import { authConfig, request, stoppedClock } from './request.js'

const SECRETS = ['admin-key', 'second-key', 'relay-token']

function authenticator(overrides: object = {}) {
  const auth = authConfig({
    api_keys: [
      { key: 'admin-key', scopes: ['admin'], text: 'first key' },
      { key: 'second-key', scopes: ['write:alerts'], customers: ['acme'] },
    ],
    tokens: [{ token: 'relay-token', scopes: ['write:alerts'], peer: true }],
    ...overrides,
  })
  return createAuthenticator({ auth, ownNames: [], clock: stoppedClock(), spend: async () => true })
}

describe('whoever has a credential is known by a name without secrets', () => {
  test.each([
    [{ authorization: 'Key admin-key' }, { name: 'key first key', scopes: ['admin'], peer: false }],
    [{ xApiKey: 'second-key' }, { name: 'key 2', customers: ['acme'] }],
    [{ queryApiKey: 'admin-key' }, { name: 'key first key' }],
    [{ authorization: 'Bearer relay-token' }, { name: 'token 1', peer: true }],
  ])('%j', async (sent, expected) => {
    expect(await authenticator()(request(sent))).toMatchObject({ ok: true, principal: expected })
  })
})

describe('a wrong credential is denied, required or not, and nothing of it is repeated', () => {
  const wrong = [
    { authorization: 'Key nope' },
    { authorization: 'Key nope', xApiKey: 'admin-key' },
    { authorization: 'Bearer admin-key', xApiKey: 'nope' },
    { queryApiKey: 'nope' },
    { authorization: 'Bearer nope' },
    { authorization: 'Bearer admin-key' },
    { authorization: 'Key relay-token' },
    { authorization: 'Digest nope' },
    { authorization: 'Basic YTpi' },
    { authorization: 'Hawk nope' },
  ]
  test.each(wrong)('%j', async (sent) => {
    for (const required of [true, false]) {
      const verdict = await authenticator({ required })(request(sent))
      expect(verdict).toMatchObject({ ok: false, status: 401, absent: false })
      for (const secret of [...SECRETS, 'nope']) expect(JSON.stringify(verdict)).not.toContain(secret)
    }
  })
})

describe('without a credential', () => {
  test('nobody gets in where one is required', async () => {
    const verdict = await authenticator({ anonymous: ['write:alerts'] })(request())
    expect(verdict).toMatchObject({
      ok: false,
      status: 401,
      absent: true,
      message: 'Missing authorization API Key or Bearer Token',
    })
  })

  test('one is anonymous where none is required, with the scopes written out', async () => {
    const verdict = await authenticator({ required: false, anonymous: ['write:alerts'] })(request())
    expect(verdict).toMatchObject({ ok: true, principal: { name: 'anonymous', scopes: ['write:alerts'] } })
  })

  test('anonymous may write alerts, heartbeats and webhooks where nothing is written out', async () => {
    const verdict = await authenticator({ required: false })(request())
    expect(verdict).toMatchObject({
      ok: true,
      principal: { scopes: ['write:alerts', 'write:heartbeats', 'write:webhooks'] },
    })
  })
})
