import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { loadConfig } from '../../src/config/load.js'
import { OWN_PAGE, signIn } from '../console/visitor.js'
import { type Serving, serve, stopServing } from '../management/serving.js'
import { waitFor } from '../support/wait.js'

afterEach(stopServing)

const ADMIN = { key: 'admin', scopes: ['admin'], text: 'boss' }
const LOOKS = { key: 'looks', scopes: ['read'], text: 'looks' }
const TOKEN = { token: 'a-token', scopes: ['read'], text: 'looker' }
/** What waits for seconds waits for a moment. */
const clock = {
  ...systemClock,
  until: (at: number, signal?: AbortSignal) => systemClock.until(Math.min(at, Date.now() + 20), signal),
}

/** A relay whose file is another one by the time that it is read again. */
function relay(auth: object, later: object = auth): Promise<Serving> {
  const load = () => loadConfig(JSON.stringify({ listen: '127.0.0.1:0', auth: later }), {})
  return serve({ auth }, { clock, load })
}

/** Reads the feed; how many events have come, and whether it has ended. */
async function follow({ url }: Serving, headers: Record<string, string>) {
  const answer = await fetch(`${url}/operator/activity?level=error`, { headers })
  const seen = { status: answer.status, isOver: false }
  void (async () => {
    for await (const _ of answer.body ?? []);
    seen.isOver = true
  })()
  return seen
}

const ended = (seen: { readonly isOver: boolean }) =>
  waitFor(
    'the stream to end',
    () => seen.isOver,
    (isOver) => isOver,
  )

test('what a revoked key was reading ends, and what others read goes on', async () => {
  const there = await relay({ api_keys: [ADMIN] })
  const made = await (await there.send('POST', '/operator/keys', { scopes: ['read'], text: 'watcher' })).json()
  const { key, secret } = made as { key: { id: string }; secret: string }
  const revoked = await follow(there, { 'x-api-key': secret })
  const other = await follow(there, { 'x-api-key': 'admin' })
  expect(revoked).toEqual({ status: 200, isOver: false })
  expect((await there.send('DELETE', `/operator/keys/${key.id}`)).status).toBe(200)
  await ended(revoked)
  expect(other.isOver).toBe(false)
})

test('what was read with a key, a token or a session that a reload takes away ends', async () => {
  const there = await relay({ api_keys: [ADMIN, LOOKS], tokens: [TOKEN] }, { api_keys: [ADMIN] })
  const { cookie } = await signIn(there, { key: 'looks' })
  const readers = [
    await follow(there, { 'x-api-key': 'looks' }),
    await follow(there, { authorization: 'Bearer a-token' }),
    await follow(there, { ...OWN_PAGE, cookie }),
  ]
  const admin = await signIn(there, { key: 'admin' })
  const others = [
    await follow(there, { authorization: 'Key admin' }),
    await follow(there, { ...OWN_PAGE, cookie: admin.cookie }),
  ]
  expect([...readers, ...others].map(({ status, isOver }) => [status, isOver])).toEqual(Array(5).fill([200, false]))
  expect(await (await there.send('POST', '/operator/reload', {})).json()).toMatchObject({ reloaded: true })
  for (const reader of readers) await ended(reader)
  expect(others.map(({ isOver }) => isOver)).toEqual([false, false])
})
