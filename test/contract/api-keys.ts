import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { KeptKey } from '../../src/model/api-key.js'
import type { Bench } from './bench.js'

const key = (id: string, more: Partial<KeptKey> = {}): KeptKey => ({
  ...{ id, digest: createHash('sha256').update(id).digest('base64'), prefix: 'ar_12345', text: id },
  ...{ scopes: ['write:alerts'], customers: ['acme'], peer: false, createdAt: 1_000, createdBy: 'key boss' },
  ...{ expiresAt: 9_000, lastUsedAt: null, uses: 0 },
  ...more,
})

/** API keys that were made while the relay ran. */
export function apiKeysContract(bench: Bench): void {
  const { open } = bench

  test('keys survive a crash as they were made, the oldest first', async () => {
    const { apiKeys } = await open()
    await apiKeys.add(key('b', { peer: true, expiresAt: null, customers: [] }))
    await apiKeys.add(key('a'))
    await bench.crash()
    const { apiKeys: again } = await bench.reopen()
    expect(await again.list()).toEqual([key('b', { peer: true, expiresAt: null, customers: [] }), key('a')])
  })

  test('a key that replaces another ends it in the same moment; one secret is one key', async () => {
    const { apiKeys } = await open()
    await apiKeys.add(key('old'))
    await apiKeys.add(key('new'), { id: 'old', expiresAt: 2_000 })
    await expect(apiKeys.add(key('copy', { digest: key('new').digest }), { id: 'new', expiresAt: 0 })).rejects.toThrow()
    expect((await apiKeys.list()).map(({ id, expiresAt }) => [id, expiresAt])).toEqual([
      ['old', 2_000],
      ['new', 9_000],
    ])
  })

  test('uses add up, and a key that is taken out is gone', async () => {
    const { apiKeys } = await open()
    await apiKeys.add(key('a'))
    await apiKeys.used('a', 2_000, 3)
    await apiKeys.used('a', 3_000, 1)
    expect(await apiKeys.list()).toEqual([key('a', { lastUsedAt: 3_000, uses: 4 })])
    await apiKeys.remove('a')
    await apiKeys.used('a', 4_000, 1)
    expect(await apiKeys.list()).toEqual([])
  })
}
