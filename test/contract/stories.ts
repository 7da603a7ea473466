import { expect, test } from 'vitest'
import { type Delivery, NO_PROGRESS, type Settlement, type Try } from '../../src/model/delivery.js'
import type { MessageStory } from '../../src/model/story.js'
import type { Store } from '../../src/store/contract.js'
import type { MessagePage, MessageQuery } from '../../src/store/stories.js'
import { actionDraft, alertDraft, deleteDraft, heartbeatDraft } from '../support/drafts.js'
import { type Bench, delivered, retryAt, route } from './bench.js'

const ALL = { messages: [], reason: null, since: null }
const tried = (outcome: Try['outcome'], status: number | null, ms = 7, note: string | null = null): Try => ({
  ...{ outcome, status, note, ms },
})
const DEAD: Settlement = { to: 'dead', status: 422, note: 'no' }

/** What happened to a message and to an alert. */
export function storiesContract(bench: Bench): void {
  const { open, claim } = bench

  const only = async (store: Store, now = 10_000, destination = 'mom1'): Promise<Delivery> =>
    (await claim(store, 1, now, destination))[0] as Delivery
  async function story(store: Store, id: string): Promise<MessageStory> {
    const found = await store.stories.message(id)
    if (!('message' in found)) throw new Error(`no story: ${found}`)
    return found
  }
  const find = async (store: Store, query: Partial<MessageQuery>): Promise<MessagePage> => {
    const page = await store.stories.list({ limit: 50, ...query })
    if (page === 'ambiguous') throw new Error(page)
    return page
  }
  const ids = async (store: Store, query: Partial<MessageQuery>) =>
    (await find(store, query)).messages.map(({ message }) => message.alertId)

  test('of a delivery that failed and then arrived each attempt is told, with its time, length and answer', async () => {
    const store = await open()
    const draft = alertDraft()
    await store.append(draft)
    await store.settle(await only(store), retryAt(20_000), 10_005, tried('retry', 503, 5, 'busy'))
    await store.settle(await only(store, 20_000), retryAt(30_000), 20_035, tried('unknown', null, 35, 'no answer'))
    const [waiting] = (await story(store, draft.messageId)).deliveries
    expect(waiting).toMatchObject({ state: 'queued', attempts: 2, notBefore: 30_000, status: 500, endedAt: null })
    await store.settle(await only(store, 30_000), delivered, 30_009, tried('delivered', 201, 9))
    const [done] = (await story(store, draft.messageId)).deliveries
    expect(done).toMatchObject({ destination: 'mom1', state: 'delivered', endedAt: 30_009, attempts: 3, tried: 3 })
    expect(done?.tries).toEqual([
      { n: 1, number: 1, at: 10_005, ms: 5, outcome: 'retry', status: 503, note: 'busy', to: 'queued' },
      { n: 2, number: 2, at: 20_035, ms: 35, outcome: 'unknown', status: null, note: 'no answer', to: 'queued' },
      { n: 3, number: 3, at: 30_009, ms: 9, outcome: 'delivered', status: 201, note: null, to: 'delivered' },
    ])
  })

  test('a delivery that arrives at its first try tells that one attempt too', async () => {
    const store = await open()
    const draft = alertDraft()
    await store.append(draft)
    await store.settle(await only(store), delivered, 10_012, tried('delivered', 201, 12))
    const [done] = (await story(store, draft.messageId)).deliveries
    expect(done?.tries).toEqual([
      { n: 1, number: 1, at: 10_012, ms: 12, outcome: 'delivered', status: 201, note: null, to: 'delivered' },
    ])
  })

  test('what is put back without an attempt is none, and an attempt that is given back is told all the same', async () => {
    const store = await open()
    const draft = alertDraft()
    await store.append(draft)
    const back: Settlement = {
      to: 'queued',
      notBefore: 0,
      spent: false,
      progress: NO_PROGRESS,
      status: null,
      note: 'x',
    }
    await store.settle(await only(store), back, 10_000)
    await store.settle(await only(store), back, 10_001, tried('suspend', 401))
    await store.settle(await only(store), delivered, 10_002, tried('delivered', 201))
    const [done] = (await story(store, draft.messageId)).deliveries
    expect(done?.tries.map(({ n, number, outcome }) => [n, number, outcome])).toEqual([
      [1, 1, 'suspend'],
      [2, 1, 'delivered'],
    ])
  })

  test('an attempt that the relay did not see end is told as unknown', async () => {
    const store = await open()
    const draft = alertDraft()
    await store.append(draft)
    await only(store, 10_000)
    await bench.crash()
    const reopened = await bench.reopen()
    await reopened.settle(await only(reopened, 20_000), delivered, 20_001, tried('delivered', 201))
    const [done] = (await story(reopened, draft.messageId)).deliveries
    const note = 'the relay ended during the attempt'
    expect(done?.tries[0]).toEqual({
      ...{ n: 1, number: 1, at: 10_000, ms: null, outcome: 'unknown', status: null, note, to: 'queued' },
    })
    expect(done?.tries).toHaveLength(2)
  })

  test('of thousands of attempts the first and the newest are kept, and all are counted', async () => {
    const store = await open()
    const draft = alertDraft()
    await store.append(draft)
    for (let i = 1; i <= 200; i += 1) await store.settle(await only(store, i), retryAt(i), i, tried('retry', 503))
    const [waiting] = (await story(store, draft.messageId)).deliveries
    expect(waiting).toMatchObject({ attempts: 200, tried: 200 })
    expect(waiting?.tries.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, ...Array.from({ length: 45 }, (_, i) => 156 + i)])
  })

  test('attempts are forgotten with their message', async () => {
    const store = await open()
    const draft = alertDraft()
    await store.append(draft)
    await store.settle(await only(store), DEAD, 10_000, tried('dead', 422))
    const retention = { now: 1_000_000, settledMs: 1, deadMs: 1, seenMs: 1, alertMs: 1, auditMs: 1, limit: 100 }
    while (await store.prune(retention)) {
      // slice by slice
    }
    expect(await store.stories.message(draft.messageId)).toEqual([])
  })

  test('a message is found by the beginning of its id, and several that begin so are told', async () => {
    const store = await open()
    const drafts = Array.from({ length: 3 }, (_, i) => alertDraft({ resource: `r${i}` }))
    for (const draft of drafts) await store.append(draft)
    const [first] = drafts
    if (first === undefined) throw new Error('no draft')
    expect((await story(store, first.messageId.toUpperCase())).message.body?.toString()).toContain('r0')
    const all = await store.stories.message(first.messageId.slice(0, 3))
    expect(all).toEqual(drafts.map(({ messageId }) => messageId).toSorted())
    expect(await store.stories.message('not an id')).toEqual([])
    expect(await store.stories.message('ffff')).toEqual([])
  })

  test('a story tells what was skipped and why, what waits before a message, and what its alert is', async () => {
    const store = await open([route('mom1'), route('mom2', { forward: ['actions'] })])
    await store.append(alertDraft({}, { alertId: 'x' }))
    const ack = actionDraft('x', 'ack')
    await store.append(ack)
    const { deliveries, about } = await story(store, ack.messageId)
    expect(about).toMatchObject({ resource: 'web01', event: 'NodeDown', environment: 'Production' })
    expect(deliveries.map(({ destination, ahead }) => [destination, ahead?.count, ahead?.alertId])).toEqual([
      ['mom1', 1, 'x'],
      ['mom2', undefined, undefined],
    ])
    expect((await find(store, { kind: 'alert' })).messages[0]?.skipped).toEqual([
      { destination: 'mom2', why: 'filter' },
    ])
  })

  test('a replay, a fold and a superseded heartbeat name the message that took their place', async () => {
    const store = await open(undefined, undefined, { fold: true })
    const letter = alertDraft({ resource: 'db' })
    await store.append(letter)
    await store.settle(await only(store), DEAD, 10_000, tried('dead', 422))
    await store.letters.replay('mom1', ALL, true, 20_000)
    const { replayedAs } = await story(store, letter.messageId)
    expect(await story(store, replayedAs[0] ?? '')).toMatchObject({ replayOf: letter.messageId })

    const repeats = Array.from({ length: 3 }, (_, i) => alertDraft({ resource: 'web', text: `${i}` }))
    for (const repeat of repeats) await store.append(repeat)
    const beats = [heartbeatDraft('o'), heartbeatDraft('o')]
    for (const beat of beats) await store.append(beat)
    const change = (await claim(store)).find(({ message }) => message.messageId === repeats[0]?.messageId)
    await store.settle(change as Delivery, delivered, 20_000)
    await claim(store)
    const into = async (id = '') => (await story(store, id)).deliveries[0]
    expect(await into(repeats[1]?.messageId)).toMatchObject({ state: 'folded', by: repeats[2]?.messageId })
    expect(await into(beats[0]?.messageId)).toMatchObject({ state: 'superseded', by: beats[1]?.messageId })
  })

  test('messages are found by destination, state, kind, alert, resource, text and time, newest first', async () => {
    const store = await open([route('mom1'), route('mom2', { match: [] })])
    await store.append(alertDraft({ resource: 'a', event: 'E1' }, { alertId: 'alert-a-1', acceptedAt: 1_000 }))
    await store.append(actionDraft('alert-a-1', 'ack', { acceptedAt: 2_000 }))
    await store.append(
      alertDraft({ resource: 'b', environment: 'Development', text: 'Disk FULL' }, { alertId: 'b', acceptedAt: 3_000 }),
    )
    await store.append(heartbeatDraft('o', { acceptedAt: 4_000 }))
    const first = await only(store)
    await store.settle(first, DEAD, 10_000, tried('dead', 422))
    const flying = await only(store, 10_000, 'mom2')

    expect(await ids(store, {})).toEqual(['o', 'b', 'alert-a-1', 'alert-a-1'])
    expect(await ids(store, { kind: 'action' })).toEqual(['alert-a-1'])
    expect(await ids(store, { state: 'dead' })).toEqual([first.message.alertId])
    expect(await ids(store, { state: 'dead', destination: 'mom2' })).toEqual([])
    expect(await ids(store, { state: 'sending' })).toEqual([flying.message.alertId])
    expect(await ids(store, { state: 'queued', destination: 'mom1' })).toHaveLength(3)
    expect(await ids(store, { destination: 'mom2' })).toHaveLength(4)
    expect(await ids(store, { alertId: 'alert-a-' })).toEqual(['alert-a-1', 'alert-a-1'])
    expect(await ids(store, { alertId: 'nobody' })).toEqual([])
    expect(await ids(store, { resource: 'b' })).toEqual(['b'])
    expect(await ids(store, { event: 'E1', kind: 'alert' })).toEqual(['alert-a-1'])
    expect(await ids(store, { environment: 'Development' })).toEqual(['b'])
    expect(await ids(store, { text: 'disk full' })).toEqual(['b'])
    expect(await ids(store, { since: 2_000, until: 3_000 })).toEqual(['b', 'alert-a-1'])
  })

  test('a long list is told page by page, nothing twice, and nothing is left out where one queue is longer', async () => {
    const critical = [{ field: 'severity', patterns: ['critical'] }]
    const store = await open([route('mom1'), route('mom2'), route('mom3', { match: critical })])
    for (let i = 0; i < 450; i += 1) {
      const severity = i < 100 ? 'critical' : 'minor'
      await store.append(alertDraft({ event: `${i}`, severity }, { alertId: `${i}` }))
    }
    for (const query of [{}, { state: 'queued' as const }, { resource: 'web01' }, { destination: 'mom2' }]) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await find(store, { ...query, limit: 300, cursor })
        seen.push(...page.messages.map(({ message }) => message.alertId))
        cursor = page.cursor
      } while (cursor !== undefined)
      expect(seen, JSON.stringify(query)).toEqual(Array.from({ length: 450 }, (_, i) => `${449 - i}`))
    }
  })

  test('an alert is found by any of its ids, with all its messages, ids and what its destinations have of it', async () => {
    const store = await open([route('mom1'), route('mom2', { forward: ['actions'] })])
    await store.append(alertDraft({}, { alertId: 'first-id' }))
    await store.settle(await only(store), { ...delivered, alias: 'their-own-id' }, 10_000, tried('delivered', 201))
    await store.append(alertDraft({ severity: 'major' }, { alertId: 'second-id' }))
    await store.append(actionDraft('their-own-id', 'ack'))
    for (const id of ['first-id', 'second-id', 'their-own-id', 'their-ow']) {
      const alert = await store.stories.alert(id, 2)
      if (alert === undefined || alert === 'ambiguous') throw new Error(`not found by ${id}`)
      expect(alert.ids.map((one) => [one.id, one.by])).toEqual([
        ['first-id', null],
        ['their-own-id', 'mom1'],
        ['second-id', null],
      ])
      expect(alert.messages.map(({ message }) => message.kind)).toEqual(['alert', 'action'])
      expect(alert.older).toBe(1)
      expect(alert.standing).toMatchObject([
        { destination: 'mom1', mark: 'open', alias: 'their-own-id', sent: true },
        { destination: 'mom2' },
      ])
      expect(alert.state).toMatchObject({ severity: 'major', status: 'ack' })
      expect(alert.deletedAt).toBeNull()
    }
    expect(await store.stories.alert('nobody-has-this', 2)).toBeUndefined()
    await store.append(deleteDraft('first-id', { acceptedAt: 5_000 }))
    expect(await store.stories.alert('first-id', 2)).toMatchObject({ deletedAt: 5_000 })
  })
}
