import { expect, test } from 'vitest'
import type { Draft } from '../../src/model/message.js'
import { traceOf } from '../../src/model/trace-context.js'
import { actionDraft, alertDraft } from '../support/drafts.js'
import type { Bench } from './bench.js'

const refused = { to: 'dead', status: 422, note: 'no' } as const

/** What those who watch over the relay ask, and what a message keeps for them. */
export function vitalsContract(bench: Bench): void {
  const { open } = bench
  const alert = (resource: string, more: object = {}): Draft => ({
    ...alertDraft({ resource }, { alertId: resource }),
    ...more,
  })

  test('alerts are counted by status, a slice at a time, the deleted left out', async () => {
    const store = await open()
    for (let i = 0; i < 7; i += 1) await store.append(alert(`web${i}`))
    await store.append(actionDraft('web3', 'ack'))
    const sums = new Map<string, number>()
    let slices = 0
    for (let after: number | undefined = 0; after !== undefined; slices += 1) {
      const slice = await store.vitals.census(after, 3)
      for (const [status, count] of slice.counts) sums.set(status, (sums.get(status) ?? 0) + count)
      after = slice.next
    }
    expect(sums).toEqual(
      new Map([
        ['open', 6],
        ['ack', 1],
      ]),
    )
    expect(slices).toBe(3)
    expect(await store.vitals.census(0, 100)).toMatchObject({ next: undefined })
  })

  test("dead letters of the relay's own raise no alarm, one of anybody else does", async () => {
    const store = await open()
    await store.append(alert('own', { credential: 'relay' }))
    for (const delivery of await bench.claim(store)) await store.settle(delivery, refused, 1)
    expect((await store.status())[0]?.dead).toBe(1)
    expect(await store.vitals.hasDeadOfOthers('mom1', 'relay')).toBe(false)
    await store.append(alert('web1'))
    for (const delivery of await bench.claim(store)) await store.settle(delivery, refused, 1)
    expect(await store.vitals.hasDeadOfOthers('mom1', 'relay')).toBe(true)
  })

  test('the store tells what it takes on disk', async () => {
    const store = await open()
    await store.append(alert('web1'))
    const { database, log } = await store.vitals.sizes()
    expect(database + log).toBeGreaterThan(4_096)
  })

  test("a message keeps its sender's trace, also when it is replayed", async () => {
    const trace = traceOf(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01vendor=opaque`)
    const store = await open()
    await store.append(alert('web1', { trace }))
    await store.append(alert('web2'))
    await bench.crash()
    const again = await bench.reopen()
    const deliveries = await bench.claim(again)
    expect(deliveries.map(({ message }) => message.trace)).toEqual([trace, undefined])
    for (const delivery of deliveries) await again.settle(delivery, refused, 1)
    await again.letters.replay('mom1', { messages: [], reason: null, since: null }, true, 2)
    expect((await bench.claim(again)).map(({ message }) => message.trace)).toEqual([trace, undefined])
  })
}
