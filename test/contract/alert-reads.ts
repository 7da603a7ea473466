import { expect, test } from 'vitest'
import type { AlertFields } from '../../src/model/alert.js'
import type { AlertQuery, Condition, PageQuery, SortBy } from '../../src/model/alert-query.js'
import type { Store } from '../../src/store/contract.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import type { Bench } from './bench.js'

const every: AlertQuery = { where: { kind: 'and', of: [] }, customers: [] }
export const only = (where: Condition, customers: readonly string[] = []): AlertQuery => ({ where, customers })
const is = (field: 'resource' | 'severity' | 'customer', value: string): Condition => ({
  kind: 'text',
  field,
  test: { how: 'is', value },
})
const pageOf = (query: AlertQuery, more: Partial<PageQuery> = {}): PageQuery => ({
  ...query,
  sort: [{ by: { field: 'resource' }, descending: false }],
  offset: 0,
  limit: 100,
  rawData: false,
  history: false,
  ...more,
})

export const resources = async (store: Store, query: AlertQuery, more: Partial<PageQuery> = {}): Promise<string[]> =>
  (await store.alerts.page(pageOf(query, more))).map(({ state }) => state.resource)

/** What is asked of the alerts that there are. */
export function alertReadsContract(bench: Bench): void {
  const { open } = bench
  let at = Date.UTC(2026, 5, 1)

  /** Each alert comes a second after the one before; its id is its resource. */
  async function filled(...alerts: readonly Partial<AlertFields>[]): Promise<Store> {
    const store = await open()
    for (const alert of alerts) {
      at += 1_000
      await store.append(alertDraft(alert, { alertId: `id-of-${alert.resource}`, acceptedAt: at }))
    }
    return store
  }

  test('an alert of many megabytes does not keep a list from being read; by itself it is whole', async () => {
    const text = 'x'.repeat(12 * 1024 * 1024)
    const store = await open(undefined, { rows: 10, bytes: 1e9 })
    for (const resource of ['a', 'b', 'c']) {
      await store.append(alertDraft({ resource, text }, { alertId: `id-of-${resource}` }))
    }
    const listed = await store.alerts.page(pageOf(every))
    expect(listed.map(({ state }) => state.text.length)).toEqual([4_096, 4_096, 4_096])
    expect(((await store.alerts.get('id-of-a', [])) as { state: AlertFields }).state.text).toHaveLength(text.length)
  })

  test('what was accepted is read as it stands after all that came', async () => {
    const store = await filled({ resource: 'web1', severity: 'minor', tags: ['a'] })
    await store.append(alertDraft({ resource: 'web1', severity: 'major', tags: ['b'] }, { alertId: 'later' }))
    await store.append(actionDraft('later', 'ack'))
    const [only] = await store.alerts.page(pageOf(every))
    expect(only?.state).toMatchObject({ id: 'id-of-web1', severity: 'major', status: 'ack', lastReceiveId: 'later' })
    expect(await store.alerts.counts(every)).toEqual([{ severity: 'major', status: 'ack', count: 1 }])
  })

  test('what is deleted is in no answer, and comes back with its next reception', async () => {
    const store = await filled({ resource: 'web1', service: ['Web'] }, { resource: 'web2' })
    await store.append(deleteDraft('id-of-web1'))
    expect(await resources(store, every)).toEqual(['web2'])
    expect(await store.alerts.get('id-of-web1', [])).toBeUndefined()
    expect((await store.alerts.history(every, { offset: 0, limit: 9 })).map(({ state }) => state.resource)).toEqual([
      'web2',
    ])
    await store.append(alertDraft({ resource: 'web1', service: ['Web'] }, { alertId: 'again' }))
    expect(await resources(store, every)).toEqual(['web1', 'web2'])
  })

  test('all that was read is read again after a restart', async () => {
    const store = await filled({ resource: 'web1' }, { resource: 'web2', severity: 'normal' })
    await store.close()
    const again = await bench.reopen()
    expect(await resources(again, every)).toEqual(['web1', 'web2'])
    const counts = await again.alerts.counts(every)
    expect(counts.map(({ severity, status, count }) => `${severity} ${status} ${count}`).toSorted()).toEqual([
      'critical open 1',
      'normal closed 1',
    ])
  })

  test('of several alerts whose ids begin alike, those that are deleted or not theirs do not stand in the way', async () => {
    const store = await filled(
      { resource: 'web1', customer: 'acme' },
      { resource: 'web2', customer: 'bolt' },
      { resource: 'web3', customer: 'bolt' },
    )
    expect(await store.alerts.get('id-of-web', [])).toBe('ambiguous')
    expect(await store.alerts.get('id-of-web', ['bolt'])).toBe('ambiguous')
    expect(await store.alerts.get('id-of-web', ['acme'])).toMatchObject({ state: { resource: 'web1' } })
    expect(await store.alerts.get('id-of-web', ['nobody'])).toBeUndefined()
    await store.append(deleteDraft('id-of-web2'))
    expect(await store.alerts.get('id-of-web', ['bolt'])).toMatchObject({ state: { resource: 'web3' } })
  })

  test('whoever is bound to customers sees theirs in every answer, and nothing else', async () => {
    const shared = { environment: 'Staging', service: ['Secret'], tags: ['hidden'], group: 'Hidden', event: 'Theirs' }
    const store = await filled(
      { resource: 'web1', customer: 'acme' },
      { resource: 'web2', customer: 'bolt', ...shared },
      { resource: 'web3', customer: null, ...shared },
    )
    const { alerts } = store
    const acme = only({ kind: 'and', of: [] }, ['acme'])
    expect(await alerts.get('id-of-web1', ['acme'])).toBeDefined()
    expect(await alerts.get('id-of-web2', ['acme'])).toBeUndefined()
    expect(await alerts.get('id-of-web3', ['acme'])).toBeUndefined()
    expect(await resources(store, acme)).toEqual(['web1'])
    expect(await resources(store, only({ kind: 'not', of: is('customer', 'acme') }, ['acme']))).toEqual([])
    const answers = [
      ...(await alerts.counts(acme)),
      ...(await alerts.history(acme, { offset: 0, limit: 9 })),
      ...(await alerts.environments(acme)),
      ...(await alerts.services(acme)),
      ...(await alerts.groups(acme)),
      ...(await alerts.tags(acme)),
      ...(await alerts.top(acme, 'count', 'event', 9)),
      ...(await alerts.top(acme, 'standing', 'resource', 9)),
    ]
    expect(JSON.stringify(answers)).not.toMatch(/Staging|Secret|hidden|Hidden|Theirs|web2|web3/)
    expect(answers.length).toBeGreaterThan(5)
    expect(await resources(store, only({ kind: 'and', of: [] }, ['acme', 'bolt']))).toEqual(['web1', 'web2'])
  })

  test('severities come in their order and not by their names, the unknown ones last; pages do not overlap', async () => {
    const severities = ['normal', 'critical', 'cleared', 'minor', 'security', 'ok', 'major', 'unknown']
    const store = await filled(...severities.map((severity, i) => ({ resource: `web${i}`, severity })))
    const bySeverity: SortBy = { by: { field: 'severity' }, descending: false }
    const all = async (sort: readonly SortBy[]) => {
      const pages = await Promise.all(
        [0, 3, 6].map((offset) => store.alerts.page(pageOf(every, { sort, offset, limit: 3 }))),
      )
      return pages.flat().map(({ state }) => state.severity)
    }
    const time: SortBy = { by: { field: 'lastReceiveTime' }, descending: true }
    const ordered = ['security', 'critical', 'major', 'minor', 'ok', 'cleared', 'normal', 'unknown']
    expect(await all([bySeverity, time])).toEqual(ordered)
    expect(
      await all([
        { ...bySeverity, descending: true },
        { ...time, descending: false },
      ]),
    ).toEqual(ordered.toReversed())
    expect(await all([bySeverity, { by: { field: 'resource' }, descending: false }])).toEqual([
      'security',
      'critical',
      'major',
      'minor',
      'normal',
      'cleared',
      'ok',
      'unknown',
    ])
  })

  test('statuses, times, attributes and lists are what one can sort by', async () => {
    const store = await filled(
      { resource: 'web1', attributes: { rank: 2 }, tags: ['b'], text: 'z' },
      { resource: 'web2', attributes: { rank: 10 }, tags: ['a'], text: 'y', severity: 'normal' },
      { resource: 'web3', attributes: { rank: 1 }, tags: ['c'], text: 'x' },
    )
    await store.append(actionDraft('id-of-web3', 'ack'))
    const by = async (sort: SortBy) => resources(store, every, { sort: [sort] })
    expect(await by({ by: { field: 'status' }, descending: false })).toEqual(['web1', 'web3', 'web2'])
    expect(await by({ by: { field: 'lastReceiveTime' }, descending: true })).toEqual(['web3', 'web2', 'web1'])
    expect(await by({ by: { field: 'text' }, descending: false })).toEqual(['web3', 'web2', 'web1'])
    expect(await by({ by: { field: 'tags' }, descending: false })).toEqual(['web2', 'web1', 'web3'])
    expect(await by({ by: { attribute: 'rank' }, descending: false })).toEqual(['web3', 'web1', 'web2'])
    expect(await by({ by: { attribute: "'] ; drop table listed; --" }, descending: false })).toHaveLength(3)
  })

  test('raw data and history are given to those who ask for them', async () => {
    const store = await filled({ resource: 'web1', rawData: 'RAW' })
    await store.append(actionDraft('id-of-web1', 'ack'))
    const [bare] = await store.alerts.page(pageOf(every))
    expect(bare).toMatchObject({ state: { rawData: null }, history: [] })
    const [full] = await store.alerts.page(pageOf(every, { rawData: true, history: true }))
    expect(full?.state.rawData).toBe('RAW')
    expect(full?.history.map(({ type }) => type)).toEqual(['ack', 'new'])
    expect(await store.alerts.get('id-of-web1', [])).toEqual(full)
  })

  test('the history of all alerts comes newest first, also where few alerts are asked for', async () => {
    const store = await filled({ resource: 'web1' }, { resource: 'web2' })
    await store.append(actionDraft('id-of-web1', 'ack', { acceptedAt: at + 5_000 }))
    const told = async (query: AlertQuery) =>
      (await store.alerts.history(query, { offset: 0, limit: 9 })).map(
        ({ state, entry }) => `${state.resource} ${entry.type}`,
      )
    expect((await told(every))[0]).toBe('web1 ack')
    expect((await told(every)).toSorted()).toEqual(['web1 ack', 'web1 new', 'web2 new'])
    expect(await told(only(is('resource', 'web1')))).toEqual(['web1 ack', 'web1 new'])
    expect(await store.alerts.history(every, { offset: 1, limit: 1 })).toHaveLength(1)
  })

  test('environments, services, groups and tags are counted, a service changed by a repeat too', async () => {
    const store = await filled(
      { resource: 'web1', service: ['Web', 'Shop'], tags: ['a', 'b'], group: 'G1' },
      { resource: 'web2', service: ['Web'], tags: ['a'], group: 'G2', environment: 'Staging', severity: 'normal' },
      { resource: 'web3', service: ['Old'], tags: [], group: 'G1' },
    )
    await store.append(alertDraft({ resource: 'web3', service: ['Shop'] }))
    const { alerts } = store
    expect(await alerts.environments(every)).toEqual([
      { environment: 'Production', severity: 'critical', status: 'open', count: 2 },
      { environment: 'Staging', severity: 'normal', status: 'closed', count: 1 },
    ])
    expect(
      (await alerts.services(every))
        .map(({ environment, service, count }) => `${environment} ${service} ${count}`)
        .toSorted(),
    ).toEqual(['Production Shop 2', 'Production Web 1', 'Staging Web 1'])
    expect(await alerts.groups(every)).toEqual([
      { environment: 'Production', group: 'G1', count: 2 },
      { environment: 'Staging', group: 'G2', count: 1 },
    ])
    expect(await alerts.tags(only(is('severity', 'critical')))).toEqual([
      { environment: 'Production', tag: 'a', count: 1 },
      { environment: 'Production', tag: 'b', count: 1 },
    ])
  })

  test('the tops are by how many, how often they changed, and how long they stand', async () => {
    const old = '2020-01-01T00:00:00.000Z'
    const store = await filled(
      { resource: 'web1', event: 'Often', severity: 'major', createTime: '2026-05-31T00:00:00.000Z' },
      { resource: 'web2', event: 'Often', severity: 'major', createTime: '2026-05-31T00:00:00.000Z' },
      { resource: 'web3', event: 'Flaps', severity: 'major', createTime: '2026-05-31T00:00:00.000Z' },
      { resource: 'web4', event: 'Long', severity: 'major', createTime: old, service: ['A', 'B'] },
    )
    for (const severity of ['minor', 'major', 'minor']) {
      await store.append(
        alertDraft({ resource: 'web3', event: 'Flaps', severity, createTime: '2026-05-31T00:00:00.000Z' }),
      )
    }
    const first = async (by: 'count' | 'flapping' | 'standing') => (await store.alerts.top(every, by, 'event', 9))[0]
    expect(await first('count')).toEqual({
      ...{ of: 'Often', count: 2, duplicateCount: 0, environments: ['Production'], services: ['Web'] },
      alerts: [
        { id: 'id-of-web1', resource: 'web1' },
        { id: 'id-of-web2', resource: 'web2' },
      ],
    })
    expect(await first('flapping')).toMatchObject({ of: 'Flaps', count: 3 })
    expect(await store.alerts.top(every, 'flapping', 'event', 9)).toHaveLength(1)
    expect((await store.alerts.top(every, 'standing', 'event', 9)).find(({ of }) => of === 'Long')).toMatchObject({
      services: ['A', 'B'],
    })
    expect(await store.alerts.top(every, 'count', 'severity', 1)).toMatchObject([{ of: 'major', count: 3 }])
  })
}
