import { expect, test } from 'vitest'
import { mergeSettings, type Settings } from '../../src/model/settings.js'
import type { UserSettings } from '../../src/store/user-settings.js'
import { ADMIN, startIngress } from './server.js'

const auth = {
  api_keys: [
    { key: 'admin-key', scopes: ['admin'], text: 'admin' },
    { key: 'acme-key', scopes: ['read'], customers: ['ACME'], text: 'a secret may stand in a key, not in its text' },
    { key: 'alerts-key', scopes: ['read:alerts'] },
  ],
  hmac: [{ key: 'mlm1', secret: 'hawk-secret', customers: ['Globex', 'ACME'] }],
  tokens: [{ token: 'a-token', scopes: ['read'], customers: ['Initech'] }],
}
const key = (name: string) => ({ Authorization: `Key ${name}-key` })

/** A store of settings that remembers whom it was asked about. */
function memory() {
  const kept = new Map<string, Settings>()
  const settings: UserSettings = {
    get: async (who) => kept.get(who) ?? {},
    async merge(who, changes) {
      if ('large' in changes) return 'too large'
      kept.set(who, mergeSettings(kept.get(who) ?? {}, changes))
      return 'merged'
    },
  }
  return settings
}

const PATH = '/user/me/attributes'

test("the web UI stays dark when its user comes back, and nobody else's does", async () => {
  const { send } = await startIngress({ auth }, { settings: memory() })
  const body = { attributes: { prefs: { isDark: true } } }
  expect((await send(PATH, { method: 'PUT', headers: ADMIN, body })).json).toEqual({ status: 'ok' })
  const asked = await send(PATH, { method: 'GET', headers: ADMIN })
  expect(asked).toMatchObject({ status: 200, json: { status: 'ok', ...body } })
  const other = await send(PATH, { method: 'GET', headers: key('alerts') })
  expect(other).toMatchObject({ status: 200, json: { attributes: {} } })
  const nobody = await send(PATH, { method: 'GET', headers: { Authorization: '' } })
  expect(nobody).toMatchObject({ status: 200, json: { attributes: {} } })
})

test.each([{}, { attributes: null }, { attributes: {} }, { attributes: [1] }, { attributes: 'x' }])(
  'settings that are none are refused as by Alerta: %j',
  async (body) => {
    const { send } = await startIngress({ auth })
    const asked = await send(PATH, { method: 'PUT', headers: ADMIN, body })
    expect(asked).toMatchObject({ status: 400, json: { message: "must supply 'attributes' as json data" } })
  },
)

test('settings that are too large are refused, and so are those of nobody', async () => {
  const { send } = await startIngress({ auth }, { settings: memory() })
  const body = { attributes: { large: true } }
  expect(await send(PATH, { method: 'PUT', headers: ADMIN, body })).toMatchObject({ status: 400 })
  expect(await send(PATH, { method: 'PUT', headers: { Authorization: '' }, body })).toMatchObject({ status: 401 })
})

test('who comes to the web UI with a token that is over is sent to the login page', async () => {
  const { send } = await startIngress({ auth })
  const asked = await send('/user/me/attributes', { method: 'GET', headers: { Authorization: 'Bearer over' } })
  expect(asked.status).toBe(401)
})

test('the web UI forgets its token, for logging out succeeds, with a token that is over too', async () => {
  const { send } = await startIngress({ auth })
  for (const Authorization of ['Key admin-key', 'Bearer over']) {
    const asked = await send('/auth/logout', { method: 'POST', headers: { Authorization } })
    expect(asked).toMatchObject({ status: 200, json: { status: 'ok' } })
  }
})

test("the web UI's filter offers the customers that credentials are bound to, and no secret", async () => {
  const { send } = await startIngress({ auth })
  const asked = await send('/customers', { method: 'GET', headers: ADMIN })
  const text = 'key a secret may stand in a key, not in its text'
  expect(asked.json).toMatchObject({
    ...{ status: 'ok', page: 1, pages: 1, more: false, total: 4 },
    customers: [
      { match: text, customer: 'ACME' },
      { match: 'hawk mlm1', customer: 'Globex' },
      { match: 'hawk mlm1', customer: 'ACME' },
      { match: 'token 1', customer: 'Initech' },
    ],
  })
  expect(asked.text).not.toMatch(/acme-key|hawk-secret|a-token/)
})

test('a customer does not see who the others are', async () => {
  const { send } = await startIngress({ auth })
  const { json } = await send('/customers', { method: 'GET', headers: key('acme') })
  expect((json.customers as { customer: string }[]).map(({ customer }) => customer)).toEqual(['ACME', 'ACME'])
})
