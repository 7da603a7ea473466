import { expect, test } from 'vitest'
import type { Delivery } from '../../src/model/delivery.js'
import { type MessageId, randomIds } from '../../src/model/ids.js'
import type { Store } from '../../src/store/contract.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { type Bench, delivered, retryAt, route } from './bench.js'

const said = ({ message }: Pick<Delivery, 'message'>): string => {
  if (message.kind === 'delete') return 'delete'
  const { severity, status, action } = JSON.parse(String(message.body))
  return message.kind === 'alert' ? `${severity} ${status}` : action
}
const DAY = 86_400_000

/** What the relay sends of itself, and what it does to one alert because of another. */
export function resendContract(bench: Bench): void {
  const { open, claim, rowsOf } = bench

  async function drain(store: Store): Promise<readonly string[]> {
    const got: string[] = []
    for (;;) {
      const deliveries = await claim(store)
      if (deliveries.length === 0) return got
      for (const delivery of deliveries) {
        got.push(said(delivery))
        await store.settle(delivery, delivered, 10_000)
      }
    }
  }

  test.each([
    [['alerts', 'ack'], ['critical open']],
    [
      ['alerts', 'open'],
      ['critical open', 'open'],
    ],
  ])('a destination whose filter allows %j gets no other action by the relay itself', async (forward, expected) => {
    const store = await open([route('mom1', { forward })])
    await store.append(alertDraft({ severity: 'major' }, { alertId: 'x' }))
    await drain(store)
    await store.append(alertDraft({ severity: 'critical' }, { alertId: 'x' }))
    await store.append(actionDraft('x', 'ack', { via: 'http://mom1' }))
    await store.append(actionDraft('x', 'unack', { via: 'http://mom1' }))
    expect(await drain(store)).toEqual(expected)
  })

  const older = (severity: string, stamp: number) =>
    alertDraft(
      { severity },
      {
        ...{ alertId: 'x', messageId: randomIds.messageId() as MessageId, fromPeer: true, via: 'http://peer' },
        ...{ acceptedAt: 100_000, stamp },
      },
    )

  test('ten older messages of an alert in a row are followed by its state once, behind the last of them', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'major' }, { alertId: 'x', acceptedAt: 90_000 }))
    const severities = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 'warning' : 'minor'))
    for (const [i, severity] of severities.entries()) await store.append(older(severity, 80_000 + i))
    expect(await rowsOf(store)).toBe(1 + 10 + 2)
    const expected = [...severities.map((severity) => `${severity} open`), 'major open', 'open']
    expect(await drain(store)).toEqual(['major open', ...expected])
    expect((await store.status())[0]).toMatchObject({ rows: 0, bytes: 0 })
  })

  test('the state that is on its way right now is followed again by what came in since, and the state', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'major' }, { alertId: 'x', acceptedAt: 90_000 }))
    await store.append(older('warning', 80_000))
    for (let i = 0; i < 2; i += 1) await store.settle((await claim(store, 1))[0] as Delivery, delivered, 10_000)
    const [flying] = await claim(store, 1)
    expect(said(flying as Delivery)).toBe('major open')
    await store.append(older('minor', 80_001))
    await store.settle(flying as Delivery, retryAt(10_000), 10_000)
    expect(await drain(store)).toEqual(['major open', 'minor open', 'major open', 'open'])
  })

  test('an alert that is posted for one customer does not take over the id of another customer', async () => {
    const store = await open()
    const statusOf = async (resource: string, customers: readonly string[]) => {
      const where = { kind: 'text', field: 'resource', test: { how: 'is', value: resource } } as const
      const page = { sort: [], offset: 0, limit: 10, rawData: false, history: false }
      return (await store.alerts.page({ where, customers, ...page })).map(({ state }) => state.status)
    }
    const post = (resource: string, customer: string) =>
      store.append(alertDraft({ resource, customer }, { alertId: 'id-of-acme', customers: [customer] }))
    await post('theirs', 'acme')
    expect(await post('evil', 'other')).toMatchObject({ kind: 'accepted' })
    await store.append(actionDraft('id-of-acme', 'ack'))
    expect(await statusOf('theirs', ['acme'])).toEqual(['ack'])
    expect(await statusOf('evil', ['other'])).toEqual(['open'])
    expect(await store.append(actionDraft('id-of-acme', 'close', { customers: ['acme'] }))).toMatchObject({
      kind: 'accepted',
    })
    // nobody is bound: the newest reception has it, as at an Alerta that the id was never told before
    await store.append(alertDraft({ resource: 'ours', customer: 'acme' }, { alertId: 'id-of-acme' }))
    await store.append(actionDraft('id-of-acme', 'shelve'))
    expect(await statusOf('ours', [])).toEqual(['shelved'])
  })

  test('however long a destination is held, the delete of an alert goes out under the id that it has there', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'x', acceptedAt: 1_000 }))
    const [first] = await claim(store)
    await store.settle(first as Delivery, { ...delivered, alias: 'theirs' }, 10_000)
    await store.append(deleteDraft('x', { acceptedAt: 20_000 }))
    const ages = {
      settledMs: 3 * DAY,
      deadMs: 30 * DAY,
      alertMs: 90 * DAY,
      auditMs: 90 * DAY,
      seenMs: 8 * DAY,
      limit: 1_000,
    }
    while (await store.prune({ now: 100 * DAY, ...ages }));
    const [waiting] = await claim(store, 1, 100 * DAY)
    expect(waiting).toMatchObject({ alias: 'theirs', sent: true, message: { kind: 'delete' } })
    await store.settle(waiting as Delivery, delivered, 100 * DAY)
    while (await store.prune({ now: 200 * DAY, ...ages }));
    expect(await store.alertOf(waiting as Delivery), 'then it is forgotten').toBeUndefined()
  })

  test.each([
    ['resync', { rows: 3, overflowed: true }],
    ['refuse', { rows: 3, overflowed: false }],
  ] as const)(
    'a peer that deletes what it merged does not fill a queue past its budget (%s)',
    async (overflow, then) => {
      const routes = [route('mom1'), route('mom2')]
      const store = await open(routes, { rows: 3, bytes: 1_000_000 }, { overflow })
      for (const resource of ['a', 'b', 'c']) {
        await store.append(alertDraft({ resource }, { alertId: resource }))
        const [alert] = await claim(store, 1, 10_000, 'mom1')
        await store.settle(alert as Delivery, { ...delivered, alias: 'merged' }, 10_000)
      }
      const [one] = await claim(store, 1, 10_000, 'mom2')
      await store.settle(one as Delivery, delivered, 10_000)
      await store.append(deleteDraft('merged', { via: 'http://mom1' }))
      expect(store.depth('mom2')).toBe(then.rows)
      expect(store.resyncs.overflowedAt('mom2') !== undefined).toBe(then.overflowed)
    },
  )

  test('of thousands of actions on an id that nobody knew, the newest are in the state of its alert', async () => {
    const store = await open([])
    const act = (action: string, n: number) => store.append(actionDraft('x', action, { acceptedAt: 1_000 + n }))
    await act('shelve', 0)
    await Promise.all(Array.from({ length: 600 }, (_, n) => act(`custom${n}`, n)))
    await act('ack', 700)
    await store.append(alertDraft({}, { alertId: 'x', acceptedAt: 2_000 }))
    const current = await store.alerts.get('x', [])
    if (current === undefined || current === 'ambiguous') throw new Error('it is not there')
    expect(current.state.status).toBe('ack')
    const types = current.history.map(({ type }) => type)
    expect(types).not.toContain('shelve')
  })
}
