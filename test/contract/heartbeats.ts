import { expect, test } from 'vitest'
import type { Heartbeat } from '../../src/model/heartbeat.js'
import type { Appended } from '../../src/store/appended.js'
import type { Store } from '../../src/store/contract.js'
import type { HeartbeatQuery } from '../../src/store/heartbeats.js'
import { heartbeatDraft } from '../support/drafts.js'
import type { Bench } from './bench.js'

const kept = (appended: Appended): Heartbeat =>
  (appended.kind === 'accepted' || appended.kind === 'copy' ? appended.heartbeat : undefined) as Heartbeat

const query = (more: Partial<HeartbeatQuery> = {}): HeartbeatQuery => ({
  ...{ now: 10_000, maxLatencyMs: 2_000, statuses: [], customers: [], origins: [], offset: 0, limit: 10, ...more },
})

/** The newest heartbeat of each origin. */
export function heartbeatContract(bench: Bench): void {
  const { open } = bench
  const origins = async (store: Store, more: Partial<HeartbeatQuery> = {}) =>
    (await store.heartbeats.page(query(more))).map(({ origin }) => origin)

  test('of each origin and customer the newest heartbeat is kept, under the id of the first, across a crash', async () => {
    const store = await open()
    const first = kept(await store.append(heartbeatDraft('probe1', { id: 'id-1', tags: ['a'] })))
    expect(first).toMatchObject({ id: 'id-1', tags: ['a'], timeout: 60, receivedAt: 1_000, customer: null })
    const more = { id: 'id-2', timeout: 5, attributes: { x: 1 }, acceptedAt: 2_000 }
    expect(kept(await store.append(heartbeatDraft('probe1', more)))).toMatchObject({
      ...{ id: 'id-1', tags: [], attributes: { x: 1 }, timeout: 5, receivedAt: 2_000 },
    })
    await store.append(heartbeatDraft('probe1', { id: 'id-3', customer: 'acme' }))
    await bench.crash()
    const reopened = await bench.reopen()
    const all = await reopened.heartbeats.page(query())
    expect(all.map(({ id, customer, receivedAt }) => [id, customer, receivedAt])).toEqual([
      ['id-3', 'acme', 1_000],
      ['id-1', null, 2_000],
    ])
  })

  test('an id that another origin has is not taken from it', async () => {
    const store = await open()
    await store.append(heartbeatDraft('probe1', { id: 'same' }))
    const other = kept(await store.append(heartbeatDraft('probe2', { id: 'same' })))
    expect(other.id).not.toBe('same')
    expect(await store.heartbeats.get('same', [])).toMatchObject({ origin: 'probe1' })
  })

  test('a heartbeat that a peer sends twice is one, and is answered as the first time', async () => {
    const store = await open()
    const draft = { ...heartbeatDraft('probe1', { id: 'id-1' }), fromPeer: true }
    await store.append(draft)
    const again = await store.append({ ...draft, acceptedAt: 9_000 })
    expect(again).toMatchObject({ kind: 'copy', heartbeat: { id: 'id-1', receivedAt: 1_000 } })
  })

  test('a heartbeat that is refused for a full queue is not kept', async () => {
    const store = await open(undefined, { rows: 1, bytes: 1_000 })
    await store.append(heartbeatDraft('probe1'))
    expect(await store.append(heartbeatDraft('probe2'))).toMatchObject({ kind: 'refused' })
    expect(await origins(store)).toEqual(['probe1'])
  })

  test('lists select by status, customer and origin, and count what they select', async () => {
    const store = await open()
    await store.append(heartbeatDraft('fine', { acceptedAt: 5_000 }))
    await store.append(heartbeatDraft('late', { acceptedAt: 5_000, createTime: '1970-01-01T00:00:02.999Z' }))
    await store.append(heartbeatDraft('gone', { timeout: 4, acceptedAt: 5_000, customer: 'acme' }))
    await store.append(heartbeatDraft('never', { timeout: 0, acceptedAt: 5_000 }))
    expect(await origins(store, { statuses: ['expired'] })).toEqual(['gone'])
    expect(await origins(store, { statuses: ['slow'] })).toEqual(['late'])
    expect(await origins(store, { statuses: ['ok', 'expired'] })).toEqual(['fine', 'gone', 'never'])
    expect(await origins(store, { customers: ['acme'] })).toEqual(['gone'])
    expect(await origins(store, { origins: ['late', 'never'] })).toEqual(['late', 'never'])
    expect(await origins(store, { offset: 1, limit: 2 })).toEqual(['late', 'gone'])
    expect(await store.heartbeats.count(query({ statuses: ['ok'], limit: 1 }))).toBe(2)
  })

  test('ids are found by their first 8 characters, where one has them, and not by another customer', async () => {
    const store = await open()
    await store.append(heartbeatDraft('a', { id: '12345678-aaaa', customer: 'acme' }))
    const { heartbeats } = store
    expect(await heartbeats.get('12345678', ['acme'])).toMatchObject({ origin: 'a' })
    expect(await heartbeats.get('1234567', [])).toBeUndefined()
    expect(await heartbeats.get('12345678', ['globex'])).toBeUndefined()
    await store.append(heartbeatDraft('b', { id: '12345678-bbbb' }))
    expect(await heartbeats.get('12345678', [])).toBe('ambiguous')
    expect(await heartbeats.remove('12345678-bbbb')).toBe(true)
    expect(await heartbeats.remove('12345678-bbbb')).toBe(false)
    expect(await heartbeats.get('12345678', [])).toMatchObject({ origin: 'a' })
  })

  test('an origin that has been silent for as long as alerts are kept is forgotten, unless its alert stands', async () => {
    const store = await open()
    for (const origin of ['old', 'told', 'young']) {
      await store.append(heartbeatDraft(origin, { id: origin, acceptedAt: origin === 'young' ? 900 : 0 }))
    }
    await store.heartbeats.tell('told', 'expired')
    await store.prune({ now: 1_000, settledMs: 10, deadMs: 10, seenMs: 10, alertMs: 500, auditMs: 500, limit: 100 })
    expect(await origins(store)).toEqual(['told', 'young'])
  })

  test('silence is counted from when it could be heard, and told once', async () => {
    const store = await open()
    await store.append(heartbeatDraft('probe1', { id: 'id-1', timeout: 5, acceptedAt: 1_000 }))
    const { heartbeats } = store
    const turned = async (now: number, since: number) =>
      (await heartbeats.turned({ now, maxLatencyMs: 2_000 }, since, 10)).map(({ status }) => status)
    expect(await turned(6_000, 0)).toEqual([])
    expect(await turned(6_001, 0)).toEqual(['expired'])
    expect(await turned(6_001, 2_000)).toEqual([])
    expect(await turned(7_001, 2_000)).toEqual(['expired'])
    await heartbeats.tell('id-1', 'expired')
    expect(await turned(99_000, 0)).toEqual([])
    await store.append(heartbeatDraft('probe1', { timeout: 5, acceptedAt: 100_000 }))
    expect(await heartbeats.told('id-1')).toBe('expired')
    expect(await turned(100_001, 0)).toEqual(['ok'])
    expect((await heartbeats.stale(120_000, 0))?.origin).toBeUndefined()
    expect((await heartbeats.stale(120_001, 0))?.origin).toBe('probe1')
    expect((await heartbeats.stale(120_001, 110_000))?.origin).toBeUndefined()
  })
}
