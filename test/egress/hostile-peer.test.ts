import { describe, expect, test } from 'vitest'
import { NEVER } from './client-of.js'
import { ALERT, answering, KEY, list, readerOf } from './reader-of.js'

describe('a hostile peer', () => {
  test('cannot reach our prototypes, and its attribute is kept as any other', async () => {
    const body = JSON.stringify({ status: 'ok', alert: ALERT }).replace(
      '"p1"',
      '"p1","__proto__":{"status":"x"},"attributes":{"__proto__":{"polluted":true},"a":1}',
    )
    const read = await (await readerOf(answering(body))).byId('p1', NEVER)
    expect({}).not.toHaveProperty('polluted')
    expect(read).toMatchObject({ kind: 'read', value: { status: 'open' } })
    const attributes = read.kind === 'read' ? read.value?.alert.attributes : undefined
    expect(JSON.stringify(attributes)).toBe('{"__proto__":{"polluted":true},"a":1}')
  })
  test.each([
    ['id', { id: 5 }],
    ['id', { id: '' }],
    ['id', { id: 'x'.repeat(257) }],
    ['resource', { resource: '' }],
    ['event', { event: null }],
    ['environment', { environment: ['Production'] }],
    ['customer', { customer: 7 }],
    ['severity', { severity: { $gt: '' } }],
    ['status', { status: undefined }],
    ['lastReceiveTime', { lastReceiveTime: 1_700_000_000 }],
    ['lastReceiveTime', { lastReceiveTime: 'yesterday' }],
    ['lastReceiveTime', { lastReceiveTime: '2026-13-45T00:00:00.000Z' }],
    ['tags.0', { tags: [{}] }],
    ['attributes', { attributes: [] }],
    ['timeout', { timeout: -1 }],
    ['createTime', { createTime: true }],
    ['history', { history: 'long' }],
  ])('whose alert has a wrong %s is not understood: %j', async (field, wrong) => {
    const page = await (await readerOf(answering(list(ALERT, { ...ALERT, ...wrong })))).page(1, NEVER)
    expect(page).toEqual({ kind: 'unreadable', why: `alert 2 of the answer has no valid ${field}` })
  })
  test.each([
    ['a login page', '<html>Sign in</html>', 200, /something else than Alerta does/],
    ['an empty body', '', 200, /something else/],
    ['a list', '[]', 200, /something else/],
    ['no list of alerts', { status: 'ok', alerts: {} }, 200, /no list of alerts/],
    ['an alert that is none', { status: 'ok', alerts: [null] }, 200, /alert 1 of the answer has no valid members/],
    ['more that is no boolean', { status: 'ok', alerts: [], more: 'yes' }, 200, /whether there is more/],
    ['a redirect', '', 302, /answered 302/],
    ['a 401', { status: 'error', message: 'API key is invalid' }, 401, /answered 401: API key is invalid/],
    ['a 403', { status: 'error', message: 'Missing required scope: read:alerts' }, 403, /read:alerts/],
    ['a 404 of a proxy', 'not found', 404, /answered 404/],
    ['a 416 of a proxy', '<html>', 416, /something else/],
    ['a 400', { status: 'error', message: 'Invalid filter parameter: page' }, 400, /Invalid filter/],
  ])('that answers %s is not read', async (_what, body, status, why) => {
    const read = await (await readerOf(answering(body, status))).page(1, NEVER)
    expect(read).toEqual({ kind: 'unreadable', why: expect.stringMatching(why) })
  })
  test.each([500, 502, 503, 429, 408])('that answers %i may do better later', async (status) => {
    expect(await (await readerOf(answering('<html>', status))).byKey(KEY, NEVER)).toEqual({
      kind: 'failed',
      why: `answered ${status}`,
    })
  })
  test('that repeats our key in its refusal does not get it into a log', async () => {
    const body = { status: 'error', message: "API key 'top-secret' is invalid" }
    const reader = await readerOf(answering(body, 401), { auth: { type: 'key', key: 'top-secret' } })
    expect(await reader.byId('a1', NEVER)).toEqual({
      kind: 'unreadable',
      why: "answered 401: API key '***' is invalid",
    })
  })
  test('that talks for ever is cut off after 32 MiB', async () => {
    const chunk = Buffer.alloc(1024 * 1024, ' ')
    let sent = 0
    const reader = await readerOf((_request, response) => {
      const go = (): void => {
        while (!response.destroyed && response.write(chunk)) sent++
        sent++
      }
      response.on('drain', go)
      go()
    })
    expect(await reader.page(1, NEVER)).toEqual({ kind: 'unreadable', why: 'the answer is far too long' })
    expect(sent).toBeGreaterThan(30)
    expect(sent).toBeLessThan(64)
  })
  test('that hangs up in the middle may do better later', async () => {
    const reader = await readerOf((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"status":"ok","alerts":[', () => response.destroy())
    })
    expect(await reader.page(1, NEVER)).toEqual({ kind: 'failed', why: 'the answer broke off after status 200' })
  })
  test('that does not answer ends with the timeout of the destination', async () => {
    const reader = await readerOf(() => undefined, { timeout: '100ms' })
    expect(await reader.byId('a1', NEVER)).toEqual({ kind: 'failed', why: 'no answer within 0.1 s' })
  })
})
