import { expect, test } from 'vitest'
import type { Store } from '../../src/store/contract.js'
import type { Tidying } from '../../src/store/housekeeping.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { type Bench, delivered, route, toldOf } from './bench.js'

const HOUR = 3_600_000
const tidying = (now: number, more: Partial<Tidying> = {}): Tidying => ({
  ...{
    now,
    expiredMs: 2 * HOUR,
    infoMs: 12 * HOUR,
    infoSeverity: 'informational',
    after: 0,
    looked: 1_000,
    limit: 100,
  },
  ...more,
})
const SOON = { timeout: 60 }

/** What ends by itself. */
export function housekeepingContract(bench: Bench): void {
  const { open, claim } = bench
  const state = async (store: Store, id: string) => {
    const current = await store.alerts.get(id, [])
    return current === undefined || current === 'ambiguous' ? undefined : current
  }
  const status = async (store: Store, id: string) => (await state(store, id))?.state.status
  const said = async (store: Store, destination = 'mom1') =>
    (await claim(store, 10, 10_000, destination)).map(({ message }) => message.action ?? message.kind)

  test('an alert of which nothing was heard for its timeout expires, with an entry in its history', async () => {
    const store = await open()
    await store.append(alertDraft(SOON, { alertId: 'a', acceptedAt: 0 }))
    await store.append(alertDraft({ resource: 'for ever', timeout: 0 }, { alertId: 'b', acceptedAt: 0 }))
    expect(await store.tidy(tidying(60_000))).toMatchObject({ expired: [], next: undefined })
    expect(await store.tidy(tidying(60_001))).toMatchObject({ expired: ['a'], unacked: [], unshelved: [], deleted: 0 })
    expect(await status(store, 'a')).toBe('expired')
    expect((await state(store, 'a'))?.history[0]).toMatchObject({
      type: 'expired',
      user: 'housekeeping',
      status: 'expired',
    })
    expect(await status(store, 'b')).toBe('open')
    expect(await store.tidy(tidying(70_000))).toMatchObject({ expired: [] })
    await bench.crash()
    expect(await status(await bench.reopen(), 'a')).toBe('expired')
  })

  test('a repeat starts the time anew', async () => {
    const store = await open()
    await store.append(alertDraft(SOON, { alertId: 'a', acceptedAt: 0 }))
    await store.append(alertDraft(SOON, { acceptedAt: 50_000 }))
    expect(await store.tidy(tidying(110_000))).toMatchObject({ expired: [] })
    expect(await store.tidy(tidying(110_001))).toMatchObject({ expired: ['a'] })
  })

  test('acks and shelvings end by their own time, to what was before', async () => {
    const store = await open()
    const put = async (id: string, action: string, timeout: number | null) =>
      store.append({ ...actionDraft(id, action, { acceptedAt: 1_000 }), timeout } as never)
    for (const id of ['acked', 'shelved', 'kept'])
      await store.append(alertDraft({ resource: id }, { alertId: id, acceptedAt: 0 }))
    await put('acked', 'ack', 10)
    await put('shelved', 'shelve', 20)
    await put('kept', 'ack', null)
    expect(await store.tidy(tidying(11_000))).toMatchObject({ unacked: [], unshelved: [] })
    expect(await store.tidy(tidying(11_001))).toMatchObject({ unacked: ['acked'], unshelved: [] })
    expect(await store.tidy(tidying(21_001))).toMatchObject({ unacked: [], unshelved: ['shelved'] })
    expect(await Promise.all(['acked', 'shelved', 'kept'].map((id) => status(store, id)))).toEqual([
      'open',
      'open',
      'ack',
    ])
    expect((await state(store, 'acked'))?.history[0]).toMatchObject({ type: 'timeout', status: 'open' })
  })

  test('it goes to whom the filter names it, and to nobody by * or actions', async () => {
    const named = route('named', { forward: ['alerts', 'expired'] })
    const store = await open([route('all'), route('acts', { forward: ['alerts', 'actions'] }), named])
    await store.append(alertDraft(SOON, { alertId: 'a', acceptedAt: 0 }))
    for (const name of ['all', 'acts', 'named']) {
      for (const one of await claim(store, 1, 10_000, name)) await store.settle(one, delivered, 10_000)
    }
    expect(await store.tidy(tidying(60_001))).toMatchObject({ expired: ['a'], queued: ['named'] })
    expect(await said(store, 'all')).toEqual([])
    expect(await said(store, 'acts')).toEqual([])
    expect(await said(store, 'named')).toEqual(['expired'])
    // an operator's own goes where actions go
    await store.append(actionDraft('a', 'expired', { acceptedAt: 70_000 }))
    expect(await said(store, 'all')).toEqual(['expired'])
  })

  test('what was accepted elsewhere before the end of its time, and comes after, is newer than the end', async () => {
    const store = await open([route('b')])
    await store.append(alertDraft(SOON, { alertId: 'a', acceptedAt: 0 }))
    await store.tidy(tidying(2 * HOUR))
    const late = { via: 'http://b', stamp: 50_000, acceptedAt: 2 * HOUR + 1, fromPeer: true }
    await store.append(alertDraft({ ...SOON, severity: 'major' }, late))
    expect((await state(store, 'a'))?.state).toMatchObject({ status: 'open', severity: 'major' })
  })

  test('what another relay took in meanwhile goes on as it does there, also where it says nothing of the status', async () => {
    const store = await open([route('b')])
    await store.append(alertDraft(SOON, { alertId: 'a', acceptedAt: 0 }))
    await store.append(actionDraft('a', 'ack', { acceptedAt: 10 }))
    await store.tidy(tidying(2 * HOUR))
    expect(await status(store, 'a')).toBe('expired')
    const late = { via: 'http://b', stamp: HOUR, acceptedAt: 2 * HOUR + 1, fromPeer: true }
    await store.append({ ...alertDraft(SOON, late), became: { severity: 'critical' } })
    expect(await status(store, 'a')).toBe('ack')
  })

  test('closed and expired alerts go off the lists, informational ones too, and nobody is told', async () => {
    const store = await open()
    const post = (resource: string, severity: string) =>
      store.append(alertDraft({ resource, severity, timeout: 0 }, { alertId: resource, acceptedAt: 0 }))
    await post('closed', 'ok')
    await post('open', 'major')
    await post('info', 'informational')
    const rows = await bench.rowsOf(store)
    expect(await store.tidy(tidying(2 * HOUR))).toMatchObject({ deleted: 0 })
    expect(await store.tidy(tidying(2 * HOUR + 1, { expiredMs: 0 }))).toMatchObject({ deleted: 0 })
    expect(await store.tidy(tidying(2 * HOUR + 1))).toMatchObject({ deleted: 1, queued: [] })
    expect(await store.tidy(tidying(12 * HOUR + 1, { infoMs: 0 }))).toMatchObject({ deleted: 0 })
    expect(await store.tidy(tidying(12 * HOUR + 1))).toMatchObject({ deleted: 1, queued: [] })
    expect(await Promise.all(['closed', 'open', 'info'].map((id) => status(store, id)))).toEqual([
      undefined,
      'open',
      undefined,
    ])
    expect(await bench.rowsOf(store)).toBe(rows)
    const query = { where: { kind: 'and', of: [] }, customers: [] } as const
    expect(await store.alerts.counts(query)).toEqual([{ severity: 'major', status: 'open', count: 1 }])
  })

  test('what comes after begins anew, under its own id, and old news does not bring it back', async () => {
    const store = await open([route('b')])
    await store.append(alertDraft({ severity: 'ok' }, { alertId: 'old', acceptedAt: 1_000 }))
    await store.tidy(tidying(3 * HOUR))
    const old = { via: 'http://b', stamp: 500, fromPeer: true, acceptedAt: 3 * HOUR }
    expect(toldOf(await store.append(alertDraft({ severity: 'major' }, old)))).toBeUndefined()
    expect(await status(store, 'old')).toBeUndefined()
    const fresh = toldOf(await store.append(alertDraft({}, { alertId: 'new', acceptedAt: 3 * HOUR })))
    expect(fresh?.state).toMatchObject({
      id: 'new',
      duplicateCount: 0,
      repeat: false,
      status: 'open',
      receiveTime: 3 * HOUR,
    })
    expect(fresh?.history.map(({ type }) => type)).toEqual(['new'])
    expect(await status(store, 'new')).toBe('open')
    await bench.crash()
    expect(await status(await bench.reopen(), 'new')).toBe('open')
  })

  test('an operator at a peer who opens it again brings it back, one who acks it in vain does not', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'ok' }, { alertId: 'a', acceptedAt: 0 }))
    await store.tidy(tidying(3 * HOUR))
    await store.append(actionDraft('a', 'ack', { acceptedAt: 3 * HOUR }))
    expect(await status(store, 'a')).toBeUndefined()
    await store.append(actionDraft('a', 'open', { acceptedAt: 3 * HOUR + 1 }))
    expect(await status(store, 'a')).toBe('open')
    await store.append(deleteDraft('a', { acceptedAt: 3 * HOUR + 2 }))
    expect(await status(store, 'a')).toBeUndefined()
  })

  test('many at once are done in slices, each of which ends where the next begins', async () => {
    const store = await open()
    for (let i = 0; i < 25; i += 1) {
      await store.append(
        alertDraft({ resource: `r${i}`, timeout: i % 2 === 0 ? 60 : 0 }, { alertId: `a${i}`, acceptedAt: 0 }),
      )
    }
    const expired: string[] = []
    let slices = 0
    for (let next: number | undefined = 0; next !== undefined; slices += 1) {
      const done = await store.tidy(tidying(HOUR, { after: next, looked: 10, limit: 3 }))
      expect(done.expired.length).toBeLessThanOrEqual(3)
      expired.push(...done.expired)
      next = done.next
    }
    expect(expired).toEqual(Array.from({ length: 13 }, (_, i) => `a${2 * i}`))
    expect(slices).toBeLessThan(10)
  })
}
