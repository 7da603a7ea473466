import { expect, test } from 'vitest'
import type { AuditEntry } from '../../src/store/audit.js'
import type { Bench } from './bench.js'

const entry = (at: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ at, who: 'key ops', from: '192.0.2.1', command: 'hold', fields: { destination: 'mom1' } },
  ...more,
})
const ALL = { since: null, who: null, command: null, limit: 100 }

/** What operators changed. */
export function auditContract(bench: Bench): void {
  const { open } = bench

  test('a change is there before it is made, and says after a crash that nobody knows what came of it', async () => {
    const { audit } = await open()
    const first = await audit.begin(entry(1_000))
    await audit.begin(entry(2_000, { command: 'replay' }))
    await audit.end(first, 'done', null, { destination: 'mom1', held: true })
    await bench.crash()
    const { audit: again } = await bench.reopen()
    expect(await again.list(ALL)).toEqual([
      { ...entry(1_000), n: first, result: 'done', why: null, fields: { destination: 'mom1', held: true } },
      { ...entry(2_000), n: first + 1, command: 'replay', result: 'begun', why: null },
    ])
  })

  test('changes are found by time, person and command; of many the newest', async () => {
    const { audit } = await open()
    await audit.begin(entry(1_000, { who: 'operator socket (alice)' }))
    await audit.begin(entry(2_000, { command: 'key create' }))
    await audit.begin(entry(3_000, { command: 'keys' }))
    const found = async (query: Partial<typeof ALL> | object) =>
      (await audit.list({ ...ALL, ...query })).map(({ at }) => at)
    expect(await found({})).toEqual([1_000, 2_000, 3_000])
    expect(await found({ since: 2_000 })).toEqual([2_000, 3_000])
    expect(await found({ who: 'alice' })).toEqual([1_000])
    expect(await found({ command: 'key' })).toEqual([2_000])
    expect(await found({ command: 'key create' })).toEqual([2_000])
    expect(await found({ limit: 2 })).toEqual([2_000, 3_000])
  })

  test('changes are forgotten when they are old, and their numbers are never given again', async () => {
    const store = await open()
    const last = await store.audit.begin(entry(1_000))
    const ages = { settledMs: 10, deadMs: 10, seenMs: 10, alertMs: 10, limit: 100 }
    await store.prune({ ...ages, now: 5_000, auditMs: 5_000 })
    expect(await store.audit.list(ALL)).toHaveLength(1)
    await store.prune({ ...ages, now: 6_001, auditMs: 5_000 })
    expect(await store.audit.list(ALL)).toEqual([])
    expect(await store.audit.begin(entry(6_000))).toBe(last + 1)
  })
}
