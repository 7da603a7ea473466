import { expect, test } from 'vitest'
import { type Delivery, NO_PROGRESS } from '../../src/model/delivery.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { type Bench, delivered, retryAt, route } from './bench.js'

/** Journal and outbox: what is accepted stays, in its lane, until it is settled. */
export function outboxContract(bench: Bench): void {
  const { open, claim, rowsOf } = bench

  test('an accepted message and its deliveries are one fact', async () => {
    const store = await open([route('mom1'), route('mom2')])
    const draft = alertDraft({}, { via: 'http://a:1,http://b' })
    expect(await store.append(draft)).toMatchObject({ kind: 'accepted', queued: ['mom1', 'mom2'], skipped: 0 })
    for (const destination of ['mom1', 'mom2']) {
      const [delivery] = await claim(store, 10, 10_000, destination)
      expect(delivery?.message).toMatchObject({ messageId: draft.messageId, body: draft.body, hops: draft.hops })
      expect(delivery).toMatchObject({ attempt: 1, alias: undefined, progress: NO_PROGRESS })
    }
  })

  test('a waiting head holds its lane, other lanes go on', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'a', text: '1' }))
    await store.append(alertDraft({ resource: 'a', text: '2' }))
    await store.append(alertDraft({ resource: 'b' }))
    const first = await claim(store)
    expect(first).toHaveLength(2)
    expect(await claim(store), 'a second claim in one lane finds nothing').toEqual([])
    await store.settle(first[0] as Delivery, retryAt(20_000), 10_000)
    await store.settle(first[1] as Delivery, delivered, 10_000)
    expect(await claim(store, 10, 19_999)).toEqual([])
    expect((await store.claim('mom1', 10, 19_999)).nextAt).toBe(20_000)
    const [again] = await claim(store, 10, 20_000)
    expect(again).toMatchObject({ attempt: 2, progress: { faults: 1 } })
    expect(JSON.parse(String(again?.message.body)).text).toBe('1')
    await store.settle(again as Delivery, delivered, 20_000)
    expect(JSON.parse(String((await claim(store, 10, 20_000))[0]?.message.body)).text).toBe('2')
  })

  test('an ack and a delete follow their alert in its lane, also ordered by alert', async () => {
    const store = await open([route('mom1', { orderBy: 'alert' })])
    await store.append(alertDraft({}, { alertId: 'x' }))
    await store.append(actionDraft('x', 'ack'))
    await store.append(deleteDraft('x'))
    const kinds: string[] = []
    for (let delivery = (await claim(store))[0]; delivery; delivery = (await claim(store))[0]) {
      kinds.push(delivery.message.kind)
      await store.settle(delivery, delivered, 10_000)
    }
    expect(kinds).toEqual(['alert', 'action', 'delete'])
  })

  test('what a crashed owner left sending is returned, counted as unknown, its attempt given back', async () => {
    const store = await open()
    await store.append(alertDraft())
    const [lost] = await claim(store)
    await bench.crash()
    const reopened = await bench.reopen()
    expect(await reopened.settle(lost as Delivery, delivered, 10_000), 'a lost claim writes nothing').toBe(false)
    const [again] = await claim(reopened)
    expect(again).toMatchObject({ attempt: 1, progress: { unknowns: 1 } })
    expect(await rowsOf(reopened)).toBe(1)
  })

  test('a retry time, marks and queue sizes survive a restart', async () => {
    const store = await open()
    await store.append(alertDraft())
    const [delivery] = await claim(store)
    await store.settle(delivery as Delivery, retryAt(50_000), 10_000)
    await bench.crash()
    const reopened = await bench.reopen()
    expect(await claim(reopened, 10, 49_999)).toEqual([])
    expect((await claim(reopened, 10, 50_000))[0]).toMatchObject({ attempt: 2 })
  })

  test('a snooze gives the attempt back', async () => {
    const store = await open()
    await store.append(alertDraft())
    const [delivery] = await claim(store)
    const snooze = {
      to: 'queued',
      notBefore: 0,
      spent: false,
      progress: NO_PROGRESS,
      status: null,
      note: 'x',
    } as const
    await store.settle(delivery as Delivery, snooze, 10_000)
    expect((await claim(store))[0]).toMatchObject({ attempt: 1 })
  })

  test('a full queue refuses the whole message and keeps what is stored', async () => {
    const store = await open([route('mom1'), route('mom2')], { rows: 1, bytes: 1_000_000 })
    await store.append(alertDraft())
    expect(await store.append(alertDraft())).toEqual({ kind: 'refused', destination: 'mom1', limit: 'rows' })
    expect((await store.status()).map(({ rows }) => rows)).toEqual([1, 1])
  })

  test('a retry time that a clock far ahead has written holds nothing up', async () => {
    const store = await open()
    await store.append(alertDraft())
    const [delivery] = await claim(store)
    await store.settle(delivery as Delivery, retryAt(30 * 86_400_000), 10_000)
    expect(await claim(store, 10, 10_001)).toHaveLength(1)
  })
}
