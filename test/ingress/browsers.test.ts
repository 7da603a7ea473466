import { describe, expect, test } from 'vitest'
import { ALERT, startIngress } from './server.js'

const NONE = { Authorization: '' }

describe('browsers', () => {
  const cors_origins = ['https://ui.example.com', '/https?://.*\\.local\\.example\\.com(:\\d+)?/']
  const origin = (name: string) => ({ Origin: name })
  const preflight = (name: string) => ({
    ...NONE,
    ...origin(name),
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization,content-type',
  })

  test.each(['https://ui.example.com', 'https://try.local.example.com:8443'])('%s may use it', async (name) => {
    const { send } = await startIngress({ cors_origins })
    const asked = await send('/alert', { method: 'OPTIONS', headers: preflight(name) })
    expect(asked.status).toBe(204)
    expect(asked.headers['access-control-allow-origin']).toBe(name)
    expect(asked.headers['access-control-allow-headers']).toMatch(/Authorization.*Content-Type/)
    expect(asked.headers['access-control-allow-methods']).toMatch(/PUT/)
    const answer = await send('/alert', { headers: origin(name), body: ALERT })
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': name, vary: 'Origin' })
    const denied = await send('/alert', { headers: { ...NONE, ...origin(name) }, body: ALERT })
    expect(denied).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': name } })
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
  })

  test.each(['http://evil.example', 'https://ui.example.com.evil.example', 'https://x.local.example.com.evil', 'null'])(
    '%s may not',
    async (name) => {
      const { send } = await startIngress({ cors_origins })
      for (const answer of [
        await send('/alert', { method: 'OPTIONS', headers: preflight(name) }),
        await send('/alert', { headers: origin(name), body: ALERT }),
      ]) {
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
        expect(answer.headers.vary).toContain('Origin')
      }
    },
  )

  test('every origin may where that is configured, and none where nothing is', async () => {
    const all = await startIngress({ cors_origins: ['*'] })
    const answer = await all.send('/alert', { headers: origin('https://any'), body: ALERT })
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    const none = await startIngress()
    const silent = await none.send('/alert', { headers: origin('https://any'), body: ALERT })
    expect(silent.headers).not.toHaveProperty('access-control-allow-origin')
  })
})
