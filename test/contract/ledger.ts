import { expect, test } from 'vitest'
import type { Delivery } from '../../src/model/delivery.js'
import { type MessageId, randomIds } from '../../src/model/ids.js'
import type { Draft } from '../../src/model/message.js'
import type { Store } from '../../src/store/contract.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { type Bench, delivered, route, toldOf } from './bench.js'

const said = ({ message }: Pick<Delivery, 'message'>): string => {
  if (message.kind === 'delete') return 'delete'
  const { severity, status, action } = JSON.parse(String(message.body))
  return message.kind === 'alert' ? `${severity} ${status}` : action
}

/** The ledger as the store keeps it: state, ids, the last change wins, folding. */
export function ledgerContract(bench: Bench): void {
  const { open, claim } = bench

  /** Delivers all that can be, with the alias if one is given. */
  async function drain(store: Store, alias?: string): Promise<readonly string[]> {
    const got: string[] = []
    for (;;) {
      const deliveries = await claim(store)
      if (deliveries.length === 0) return got
      for (const delivery of deliveries) {
        got.push(said(delivery))
        const taught = delivery.message.kind === 'alert' && alias !== undefined ? { alias } : {}
        await store.settle(delivery, { ...delivered, ...taught }, 10_000)
      }
    }
  }

  test('a repeat is answered with the first id, counted, and survives a restart', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'first' }))
    await bench.crash()
    const reopened = await bench.reopen()
    const repeat = toldOf(await reopened.append(alertDraft({}, { alertId: 'second' })))
    expect(repeat?.state).toMatchObject({ id: 'first', lastReceiveId: 'second', duplicateCount: 1, repeat: true })
    const worse = toldOf(await reopened.append(alertDraft({ severity: 'security' }, { alertId: 'third' })))
    expect(worse?.state).toMatchObject({ id: 'first', duplicateCount: 0, previousSeverity: 'critical' })
    expect(worse?.history.map(({ severity }) => severity)).toEqual(['security', 'critical'])
  })

  test('whoever asks for no history gets none, and it is there all the same', async () => {
    const store = await open()
    const told = toldOf(await store.append(alertDraft({}, { alertId: 'x', brief: true })))
    expect([told?.state.id, told?.history]).toEqual(['x', []])
    expect(await store.alerts.get('x', [])).toMatchObject({ history: [{ type: 'new' }] })
  })

  test('the 8 characters that the command line shows are enough, and two alerts that begin alike are not mixed up', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'a' }, { alertId: '12345678-aaaa' }))
    expect(await store.append(actionDraft('12345678', 'ack'))).toMatchObject({ kind: 'accepted', queued: ['mom1'] })
    await store.append(alertDraft({ resource: 'b' }, { alertId: '12345678-bbbb' }))
    expect(await store.append(actionDraft('12345678', 'ack'))).toEqual({ kind: 'ambiguous' })
    expect(await store.append(actionDraft('12345678-b', 'ack'))).toMatchObject({ kind: 'accepted' })
    await drain(store)
    const whole = (await store.settled('mom1', 'delivered', 10)).map(({ message }) => message.alertId)
    expect(whole).toContain('12345678-bbbb')
  })

  test('an id of a deleted alert does nothing to the one that came after it', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'old' }))
    await store.append(deleteDraft('old'))
    await store.append(alertDraft({}, { alertId: 'new' }))
    expect(await store.append(actionDraft('old', 'close'))).toEqual({ kind: 'gone' })
    expect(toldOf(await store.append(alertDraft({}, { alertId: 'new' })))?.state.status).toBe('open')
  })

  test('of a hundred ids of one alert the first and the newest are known', async () => {
    const store = await open()
    for (let i = 0; i < 100; i += 1)
      await store.append(alertDraft({ customer: 'acme' }, { alertId: `repeat-${100 + i}` }))
    // what a credential bound to customers may act on is what is known
    const isKnown = async (id: string) =>
      (await store.append(actionDraft(id, 'createIssue', { customers: ['acme'] }))).kind === 'accepted'
    const known: number[] = []
    for (let i = 0; i < 100; i += 1) if (await isKnown(`repeat-${100 + i}`)) known.push(i)
    expect(known).toEqual([0, ...Array.from({ length: 32 }, (_, i) => 68 + i)])
  })

  test('an ack with the id of one peer reaches the other under the id it has there', async () => {
    const store = await open([route('a'), route('b')])
    await store.append(alertDraft({}, { alertId: 'ours' }))
    for (const name of ['a', 'b']) {
      const [alert] = await claim(store, 1, 10_000, name)
      await store.settle(alert as Delivery, { ...delivered, alias: `at ${name}` }, 10_000)
    }
    await store.append(actionDraft('at a', 'ack', { via: 'http://a' }))
    const [ack] = await claim(store, 1, 10_000, 'b')
    expect(ack).toMatchObject({ alias: 'at b', sent: true })
    expect(await claim(store, 1, 10_000, 'a'), 'it came from there').toEqual([])
  })

  test('a peer that merged two alerts deletes both, and its ack means the one last posted there', async () => {
    const store = await open([route('a'), route('b')])
    for (const resource of ['r1', 'r2']) {
      await store.append(alertDraft({ resource }, { alertId: resource }))
      const [alert] = await claim(store, 1, 10_000, 'a')
      await store.settle(alert as Delivery, { ...delivered, alias: 'merged' }, 10_000)
      const [other] = await claim(store, 1, 10_000, 'b')
      await store.settle(other as Delivery, delivered, 10_000)
    }
    await store.append(actionDraft('merged', 'ack', { via: 'http://a' }))
    const [ack] = await claim(store, 10, 10_000, 'b')
    expect(toldOf(await store.append(alertDraft({ resource: 'r2' })))?.state.status).toBe('ack')
    await store.settle(ack as Delivery, delivered, 10_000)
    await store.append(deleteDraft('merged', { via: 'http://a' }))
    expect(await store.append(actionDraft('r1', 'ack'))).toEqual({ kind: 'gone' })
    expect(await store.append(actionDraft('r2', 'ack'))).toEqual({ kind: 'gone' })
  })

  test('what waits for a peer is not sent when a later change has come from it; it gets the state instead', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'major' }, { alertId: 'x' }))
    expect(await drain(store)).toEqual(['major open'])
    await store.append(alertDraft({ severity: 'critical' }, { alertId: 'x' }))
    await store.append(actionDraft('x', 'createIssue'))
    await store.append(actionDraft('x', 'shelve', { via: 'http://mom1' }))
    expect(await drain(store)).toEqual(['createIssue', 'critical shelved'])
    expect((await store.settled('mom1', 'superseded', 10)).map(said)).toEqual(['critical open'])
  })

  test('a change that crossed one in flight is followed by the state, once', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'major' }, { alertId: 'x' }))
    await drain(store)
    await store.append(alertDraft({ severity: 'critical' }, { alertId: 'x' }))
    const [flying] = await claim(store)
    await store.append(actionDraft('x', 'ack', { via: 'http://mom1' }))
    await store.settle(flying as Delivery, delivered, 10_000)
    expect(await drain(store)).toEqual(['critical ack'])
  })

  test('an alert that was closed and comes back has the same status at a peer that saw its changes in another order', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'major' }, { alertId: 'x' }))
    await drain(store)
    await store.append(alertDraft({ severity: 'critical' }, { alertId: 'x' }))
    const [flying] = await claim(store)
    await store.append(actionDraft('x', 'shelve', { via: 'http://mom1' }))
    await store.settle(flying as Delivery, delivered, 10_000)
    await store.append(actionDraft('x', 'close'))
    expect(await drain(store)).toEqual(['critical shelved', 'close'])
    const reopened = await store.append(alertDraft({ severity: 'minor' }, { alertId: 'x' }))
    expect(toldOf(reopened)?.state.status).toBe('shelved')
    expect(await drain(store), 'what it was before, the peer may remember in another way').toEqual([
      'minor open',
      'minor shelved',
    ])
  })

  test('an alert that was deleted here and posted again by the peer is not deleted there afterwards', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'x' }))
    await drain(store)
    await store.append(deleteDraft('x'))
    await store.append(alertDraft({}, { alertId: 'x', via: 'http://mom1' }))
    expect(await drain(store)).not.toContain('delete')
  })

  const fromRelay = (stamp: number, more: object = {}) => ({
    ...{
      messageId: randomIds.messageId() as MessageId,
      fromPeer: true,
      via: 'http://peer',
      acceptedAt: 100_000,
      stamp,
    },
    ...more,
  })

  test('news from a relay that is older than what we know is not relayed as new', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'normal' }, { alertId: 'x', acceptedAt: 90_000 }))
    const late = await store.append(alertDraft({ severity: 'critical' }, fromRelay(50_000, { alertId: 'x' })))
    expect(late).toMatchObject({ kind: 'accepted', queued: [], skipped: 1, outdated: true })
    expect(toldOf(late)?.state).toMatchObject({ severity: 'normal', status: 'closed' })
    expect(toldOf(late)?.history.map(({ severity }) => severity)).toEqual(['critical', 'normal'])
    expect(await drain(store)).toEqual(['normal open'])
  })

  test('news that is only a little older is relayed, and followed by what is newer', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'minor' }, { alertId: 'x', acceptedAt: 90_000 }))
    await store.append(alertDraft({ severity: 'critical' }, fromRelay(80_000, { alertId: 'x' })))
    expect(await drain(store)).toEqual(['minor open', 'critical open', 'minor open', 'open'])
  })

  test('an alert that was deleted is not brought back by a message from before', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'x', acceptedAt: 80_000 }))
    await store.append(deleteDraft('x', { acceptedAt: 90_000 }))
    const late = await store.append(alertDraft({}, fromRelay(85_000, { alertId: 'x' })))
    expect(late).toMatchObject({ kind: 'accepted', queued: [] })
    expect(await drain(store)).toEqual(['critical open', 'delete'])
  })

  test('an alert that comes back is newer than its delete to every relay, also where the clock went back between', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'old', acceptedAt: 90_000 }))
    await store.append(deleteDraft('old', { acceptedAt: 90_000 }))
    await store.append(alertDraft({}, { alertId: 'new', acceptedAt: 88_000 }))
    await store.append(deleteDraft('new', { acceptedAt: 88_000 }))
    await store.append(alertDraft({}, { alertId: 'newest', acceptedAt: 88_000 }))
    const told: number[] = []
    for (let i = 0; i < 5; i += 1) {
      for (const delivery of await claim(store)) {
        told.push(delivery.message.stamp ?? delivery.message.acceptedAt)
        await store.settle(delivery, delivered, 100_000)
      }
    }
    expect(told).toEqual([90_000, 90_001, 90_002, 90_003, 90_004])
  })

  test('a hundred repeats that wait become two: the first and the last, with the tags and attributes of all', async () => {
    const store = await open([route('mom1')], undefined, { fold: true })
    for (let i = 0; i < 100; i += 1) {
      await store.append(alertDraft({ text: `${i}`, tags: [`t${i % 3}`], attributes: { [`a${i % 2}`]: i } }))
    }
    const [first] = await claim(store)
    expect(JSON.parse(String(first?.message.body)).text).toBe('0')
    await store.settle(first as Delivery, delivered, 10_000)
    const [last] = await claim(store)
    const body = JSON.parse(String(last?.message.body))
    expect([body.text, [...body.tags].sort(), body.attributes]).toEqual(['99', ['t0', 't1', 't2'], { a0: 98, a1: 99 }])
    await store.settle(last as Delivery, delivered, 10_000)
    expect(await claim(store)).toEqual([])
    expect(await store.settled('mom1', 'folded', 200)).toHaveLength(98)
    expect((await store.status())[0]).toMatchObject({ rows: 0, bytes: 0 })
  })

  test('folding skips no change: neither a severity, nor an action, nor a delete', async () => {
    const store = await open([route('mom1')], undefined, { fold: true })
    const drafts: Draft[] = ['critical', 'critical', 'critical', 'minor', 'minor', 'minor', 'critical'].map(
      (severity) => alertDraft({ severity }, { alertId: 'x' }),
    )
    drafts.splice(2, 0, actionDraft('x', 'createIssue'))
    for (const draft of drafts) await store.append(draft)
    await store.append(deleteDraft('x'))
    expect(await drain(store)).toEqual([
      ...['critical open', 'critical open', 'createIssue', 'critical open'],
      ...['minor open', 'minor open', 'critical open', 'delete'],
    ])
  })

  test('a full queue that is made up for later takes nothing more, and the sender is not refused', async () => {
    const store = await open([route('mom1'), route('mom2')], { rows: 2, bytes: 1_000_000 }, { overflow: 'resync' })
    await store.append(alertDraft({ resource: 'a' }))
    const [one] = await claim(store, 1, 10_000, 'mom2')
    await store.settle(one as Delivery, delivered, 10_000)
    await store.append(alertDraft({ resource: 'b' }))
    const [two] = await claim(store, 1, 10_000, 'mom2')
    await store.settle(two as Delivery, delivered, 10_000)
    const third = await store.append(alertDraft({ resource: 'c' }))
    expect(third).toMatchObject({ kind: 'accepted', queued: ['mom2'], full: ['mom1'] })
    await bench.crash()
    const reopened = await bench.reopen()
    await drain(reopened)
    expect(await reopened.append(alertDraft({ resource: 'd' })), 'until it has been resynced').toMatchObject({
      full: ['mom1'],
    })
  })
}
