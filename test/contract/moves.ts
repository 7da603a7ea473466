import { expect, test } from 'vitest'
import type { Delivery } from '../../src/model/delivery.js'
import type { Store } from '../../src/store/contract.js'
import { ALL_QUEUED, type Exported, MOVE_COUNTS, type Moved, type QueueSelection } from '../../src/store/moves.js'
import { actionDraft, alertDraft, changeDraft, deleteDraft, heartbeatDraft } from '../support/drafts.js'
import { type Bench, delivered, route } from './bench.js'

const NONE = Object.fromEntries(MOVE_COUNTS.map((name) => [name, 0]))
const said = ({ message }: Pick<Delivery, 'message'>): string => {
  const { text, action, tags, resource } = JSON.parse(String(message.body ?? '{}'))
  return message.kind === 'alert' ? `${resource} ${text}` : (action ?? tags?.join() ?? message.kind)
}
const suspension = (store: Store, delivery: Delivery) =>
  store.settle(
    delivery,
    {
      ...({ to: 'queued', notBefore: 0, spent: false, status: 401, note: 'no' } as const),
      progress: { ...delivery.progress, suspensions: 1 },
    },
    10_000,
  )

/** What operators do with whole queues. */
export function movesContract(bench: Bench): void {
  const { open, claim } = bench
  const both = [
    route('mom1', { match: [{ field: 'group', patterns: ['one'] }] }),
    route('mom2', { match: [{ field: 'group', patterns: ['two'] }] }),
  ]

  /** All of a queue that can go out now, in the order in which it does. */
  async function deliverAll(store: Store, destination: string): Promise<readonly string[]> {
    const got: string[] = []
    for (;;) {
      const deliveries = await claim(store, 10, 10_000, destination)
      if (deliveries.length === 0) return got
      for (const delivery of deliveries) {
        got.push(said(delivery))
        await store.settle(delivery, delivered, 10_000)
      }
    }
  }
  async function moveAll(store: Store, more: Partial<QueueSelection> & { dryRun?: boolean } = {}, now = 20_000) {
    const { dryRun = false, ...selection } = more
    const sum = { ...NONE, inFlight: 0, full: false } as { -readonly [K in keyof Omit<Moved, 'next'>]: Moved[K] }
    let after: number | undefined = 0
    while (after !== undefined && !sum.full) {
      const part: Moved = await store.moves.move('mom1', 'mom2', {
        selection: { ...ALL_QUEUED, ...selection },
        after,
        dryRun,
        now,
      })
      for (const name of MOVE_COUNTS) sum[name] += part[name]
      sum.inFlight += part.inFlight
      sum.full = part.full
      after = part.next
    }
    return sum
  }
  const depths = (store: Store) => [store.depth('mom1'), store.depth('mom2')]

  test('a queue that is moved goes out behind what waits there, in its order, after a crash too', async () => {
    const store = await open(both)
    await store.append(alertDraft({ group: 'two', resource: 'r0', text: 'waits' }))
    await claim(store, 1, 10_000, 'mom2')
    const texts = Array.from({ length: 450 }, (_, i) => i)
    for (const n of texts) {
      await store.append(alertDraft({ group: 'one', resource: `r${n % 3}`, event: `e${n}`, text: `${n}` }))
    }
    expect(await moveAll(store)).toMatchObject({ ...NONE, moved: 450 })
    expect(depths(store)).toEqual([0, 451])
    await bench.crash()
    const reopened = await bench.reopen()
    expect(await deliverAll(reopened, 'mom1')).toEqual([])
    const got = await deliverAll(reopened, 'mom2')
    expect(got.indexOf('r0 waits')).toBe(got.findIndex((one) => one.startsWith('r0')))
    for (const lane of [0, 1, 2]) {
      const own = got.filter((one) => one.startsWith(`r${lane} `) && !one.endsWith('waits'))
      expect(own).toEqual(texts.filter((n) => n % 3 === lane).map((n) => `r${lane} ${n}`))
    }
    expect((await reopened.settled('mom1', 'discarded', 1))[0]?.note).toBe('moved to mom2')
  })

  test('an alert that was moved is meant for its new destination: its ack and its clear follow it there', async () => {
    const store = await open(both)
    await store.append(alertDraft({ group: 'one', text: 'raised' }, { alertId: 'x' }))
    await moveAll(store)
    await store.append(actionDraft('x', 'ack'))
    await store.append(deleteDraft('x'))
    expect(await deliverAll(store, 'mom2')).toEqual(['web01 raised', 'ack', 'delete'])
  })

  test('what both destinations were to get is not doubled', async () => {
    const store = await open([route('mom1'), route('mom2')])
    await store.append(alertDraft({ resource: 'a', text: 'delivered there' }))
    expect(await deliverAll(store, 'mom2')).toHaveLength(1)
    await store.append(alertDraft({ resource: 'b', text: 'waits there' }))
    expect(await moveAll(store, { dryRun: true })).toMatchObject({ ...NONE, alreadyThere: 2 })
    expect(depths(store)).toEqual([2, 1])
    expect(await moveAll(store)).toMatchObject({ ...NONE, alreadyThere: 2 })
    expect(depths(store)).toEqual([0, 1])
    expect(await deliverAll(store, 'mom2')).toEqual(['b waits there'])
  })

  test('what is moved there and back arrives where it was, once', async () => {
    const store = await open(both)
    await store.append(alertDraft({ group: 'one', text: 'one' }))
    await moveAll(store)
    const back = { selection: ALL_QUEUED, after: 0, dryRun: false, now: 30_000 }
    expect(await store.moves.move('mom2', 'mom1', back)).toMatchObject({ moved: 1, alreadyThere: 0 })
    expect(await deliverAll(store, 'mom1')).toEqual(['web01 one'])
    expect(await deliverAll(store, 'mom2')).toEqual([])
  })

  test('a destination that has newer of an alert gets its state of now, not what waited elsewhere', async () => {
    const store = await open([route('mom1'), route('mom2', { match: [{ field: 'severity', patterns: ['critical'] }] })])
    await store.append(alertDraft({ severity: 'minor', text: 'older' }, { alertId: 'x' }))
    await store.append(changeDraft('x', { kind: 'tag', tags: ['kept'] }))
    await store.append(alertDraft({ severity: 'critical', text: 'newer' }, { alertId: 'x' }))
    expect(await deliverAll(store, 'mom2')).toEqual(['web01 newer'])
    expect(await moveAll(store)).toMatchObject({ ...NONE, asNow: 1, covered: 1, moved: 1, alreadyThere: 1 })
    expect(await deliverAll(store, 'mom2')).toEqual(['web01 newer', 'open', 'kept'])
  })

  test('what is under way, and what would overtake it, stays until its attempt has ended', async () => {
    const store = await open(both)
    for (const text of ['1', '2']) await store.append(alertDraft({ group: 'one', resource: 'a', event: text, text }))
    await store.append(alertDraft({ group: 'one', resource: 'b', text: '3' }))
    const [underway] = await claim(store, 1)
    expect(await moveAll(store)).toMatchObject({ ...NONE, moved: 1, inFlight: 2 })
    expect(depths(store)).toEqual([2, 1])
    await store.settle(underway as Delivery, delivered, 10_000)
    expect(await moveAll(store)).toMatchObject({ ...NONE, moved: 1, inFlight: 0 })
    expect(await deliverAll(store, 'mom1')).toEqual([])
    expect(await deliverAll(store, 'mom2')).toEqual(['b 3', 'a 2'])
  })

  test('lane, alert and age choose; kinds that are not for it and what came from it stay', async () => {
    const store = await open([route('mom1'), route('mom2', { forward: ['alerts'] })])
    const old = alertDraft({ resource: 'old', text: 'old' }, { acceptedAt: 1_000 })
    await store.append(old)
    await store.append(alertDraft({ resource: 'new', text: 'new' }, { acceptedAt: 5_000, alertId: 'new-alert' }))
    await store.append(alertDraft({ resource: 'from', text: 'from there' }, { via: 'http://mom2' }))
    await store.append(actionDraft('new-alert', 'ack'))
    await deliverAll(store, 'mom2')
    const dry = { dryRun: true }
    expect(
      await moveAll(store, { ...dry, before: 3_000, alert: old.kind === 'alert' ? old.alertId : '' }),
    ).toMatchObject({ ...NONE, alreadyThere: 1 })
    expect(await moveAll(store, { ...dry, alert: 'new-aler' })).toMatchObject({ ...NONE, alreadyThere: 1, notTaken: 1 })
    expect(await moveAll(store, { ...dry, lane: 'Production/other' })).toMatchObject(NONE)
    expect(await moveAll(store, { ...dry, lane: 'Production/old' })).toMatchObject({ ...NONE, alreadyThere: 1 })
    expect(await moveAll(store)).toMatchObject({ ...NONE, alreadyThere: 2, notTaken: 1, passed: 1 })
    expect(depths(store)).toEqual([2, 0])
  })

  test('a queue that has no room takes as much as fits, and the rest stays', async () => {
    const store = await open(both, { rows: 3, bytes: 1_000_000 })
    for (const n of [1, 2]) await store.append(alertDraft({ group: 'two', resource: `${n}` }))
    for (const n of [1, 2]) await store.append(alertDraft({ group: 'one', resource: `a${n}` }))
    expect(await moveAll(store)).toMatchObject({ ...NONE, moved: 1, full: true })
    expect(depths(store)).toEqual([1, 3])
  })

  test('of heartbeats only the last one is moved, and only while it says something', async () => {
    const store = await open([route('mom1'), route('mom2', { forward: ['alerts'] })])
    await store.append(heartbeatDraft('o', { timeout: 60 }))
    expect(await moveAll(store, {}, 100_000)).toMatchObject({ ...NONE, outdated: 1 })
    expect(depths(store)).toEqual([0, 0])
  })

  test('what is discarded from a queue is over, and says why', async () => {
    const store = await open()
    for (const acceptedAt of [1_000, 5_000])
      await store.append(alertDraft({ resource: `r${acceptedAt}` }, { acceptedAt }))
    const slice = { selection: { ...ALL_QUEUED, before: 3_000 }, after: 0, dryRun: true, now: 20_000 }
    expect(await store.moves.discard('mom1', slice, 'old')).toMatchObject({ discarded: 1, inFlight: 0 })
    expect(store.depth('mom1')).toBe(2)
    expect(await store.moves.discard('mom1', { ...slice, dryRun: false }, 'old')).toMatchObject({ discarded: 1 })
    expect(await deliverAll(store, 'mom1')).toEqual(['r5000 '])
    expect((await store.settled('mom1', 'discarded', 5)).map(({ note }) => note)).toEqual(['old'])
  })

  test('the message that suspends a destination is found and buried, and nothing else', async () => {
    const store = await open()
    for (const text of ['bad', 'good']) await store.append(alertDraft({ event: text, text }))
    expect(await store.moves.culprit('mom1')).toBeUndefined()
    const [first] = await claim(store, 1)
    await suspension(store, first as Delivery)
    const culprit = await store.moves.culprit('mom1')
    expect(culprit).toMatchObject({ note: 'no', status: 401, inFlight: false })
    const [again] = await claim(store, 1)
    const id = again?.message.messageId ?? ''
    expect(id).toBe(culprit?.message.messageId)
    expect(await store.moves.skip('mom1', id, 'skipped', 20_000), 'it is under way').toBe(false)
    await suspension(store, again as Delivery)
    expect(await store.moves.skip('mom1', 'another', 'skipped', 20_000)).toBe(false)
    expect(await store.moves.skip('mom1', id, 'skipped', 20_000)).toBe(true)
    expect((await store.settled('mom1', 'dead', 5)).map(({ note }) => note)).toEqual(['skipped'])
    expect(await deliverAll(store, 'mom1')).toEqual(['web01 good'])
  })

  async function exportAll(store: Store, what: 'queued' | 'dead'): Promise<readonly Exported[]> {
    const lines: Exported[] = []
    for (let after: number | undefined = 0; after !== undefined; ) {
      const part = await store.moves.export('mom1', what, after)
      lines.push(...part.lines)
      after = part.next
    }
    return lines
  }

  test('an export taken in by another relay arrives there as it was, in order, and once', async () => {
    const store = await open()
    const texts = Array.from({ length: 250 }, (_, i) => `${i}`)
    for (const text of texts) await store.append(alertDraft({ event: text, text }, { alertId: `alert-${text}` }))
    await store.append(actionDraft('alert-7', 'ack'))
    const lines = await exportAll(store, 'queued')
    expect(lines).toHaveLength(251)
    await store.close()
    await bench.end()

    const other = await open()
    expect(await other.moves.import('mom1', 'e1', lines, 20_000)).toEqual(Array(251).fill('imported'))
    expect(await other.moves.import('mom1', 'e1', lines, 20_000)).toEqual(Array(251).fill('already'))
    expect(await other.moves.import('mom1', 'e2', lines, 20_000), 'another export of the same').toEqual(
      Array(251).fill('already'),
    )
    expect(await deliverAll(other, 'mom1')).toEqual([...texts.map((text) => `web01 ${text}`), 'ack'])
    await other.append(actionDraft('alert-7', 'close'))
    expect(await deliverAll(other, 'mom1'), 'the alert is known there from now on').toEqual(['close'])
  })

  test('an export goes to the destination it is taken in for, whatever its match says, and to no other', async () => {
    const store = await open(both)
    await store.append(alertDraft({ group: 'one', text: '1' }))
    const lines = await exportAll(store, 'queued')
    expect(await store.moves.import('mom2', 'e1', lines, 20_000)).toEqual(['imported'])
    expect(depths(store)).toEqual([1, 1])
    const foreign = lines.map(({ message }) => ({
      message: {
        ...message,
        messageId: '01900000-0000-7000-8000-000000000001' as never,
        alertId: 'y',
        body: Buffer.from(String(message.body).replaceAll('web01', 'web02')),
      },
    }))
    expect(await store.moves.import('mom2', 'e2', foreign, 20_000)).toEqual(['imported'])
    expect(depths(store)).toEqual([1, 2])
  })

  test('dead letters that are taken in again go out again; what arrived meanwhile does not', async () => {
    const store = await open()
    for (const text of ['dies', 'lives']) await store.append(alertDraft({ resource: text, text }))
    const waiting = await exportAll(store, 'queued')
    const [dies, lives] = await claim(store, 2)
    await store.settle(dies as Delivery, { to: 'dead', status: 422, note: 'no' }, 10_000)
    await store.settle(lives as Delivery, delivered, 10_000)
    const dead = await exportAll(store, 'dead')
    expect(dead.map((one) => [said(one), one.dead])).toEqual([['dies dies', { at: 10_000, reason: 'no' }]])
    expect(await store.moves.import('mom1', 'e1', waiting, 20_000)).toEqual(['imported', 'already'])
    expect(await deliverAll(store, 'mom1')).toEqual(['dies dies'])
  })

  test('lines that cannot be taken in are told apart and harm no others', async () => {
    const store = await open(undefined, { rows: 2, bytes: 1_000_000 })
    await store.append(alertDraft({ text: 'template' }))
    const [{ message } = {}] = await exportAll(store, 'queued')
    if (message === undefined) throw new Error('nothing was exported')
    await deliverAll(store, 'mom1')
    const like = (n: number, more: object = {}): Exported => ({
      message: {
        ...message,
        messageId: `01900000-0000-7000-8000-00000000000${n}` as never,
        alertId: `a${n}`,
        acceptedAt: 1_000 + n,
        ...more,
      },
    })
    const lines = [
      like(1, { body: Buffer.from('{"resource":1}') }),
      like(2),
      like(3, { kind: 'heartbeat' }),
      like(4),
      like(5),
    ]
    const ends = await store.moves.import('mom1', 'e1', lines, 20_000)
    expect(ends).toEqual(['unusable', 'imported', 'outdated', 'imported', 'full'])
    await deliverAll(store, 'mom1')
    expect(await store.moves.import('mom1', 'e1', lines.slice(4), 20_000)).toEqual(['imported'])
  })
}
