import { expect, test } from 'vitest'
import type { Delivery } from '../../src/model/delivery.js'
import type { FieldMatch } from '../../src/model/destination.js'
import { type MessageId, randomIds } from '../../src/model/ids.js'
import type { Store } from '../../src/store/contract.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { type Bench, delivered, route } from './bench.js'

const OLD_ID = '01890a5d-ac96-774b-bcce-b302099a8057' as MessageId // of July 2023
const LONG_AFTER = 1_790_000_000_000

/** The alert index: ids, marks, aliases and copies. */
export function alertIndexContract(bench: Bench): void {
  const { open, claim } = bench

  test("the peer's id is learned from its answer and used for the actions that follow", async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'ours' }))
    await store.append(actionDraft('ours', 'ack'))
    const [alert] = await claim(store)
    await store.settle(alert as Delivery, { ...delivered, alias: 'theirs' }, 10_000)
    expect((await claim(store))[0]).toMatchObject({ alias: 'theirs', sent: true })
  })

  test('an id that a peer keeps telling is known by, however long ago it was told first', async () => {
    const store = await open()
    const MINUTE = 60_000
    for (const at of [0, 1, 2, 3].map((minutes) => minutes * MINUTE)) {
      await store.append(alertDraft({}, { alertId: `ours-${at}`, acceptedAt: at }))
      const [delivery] = await claim(store, 1, at)
      await store.settle(delivery as Delivery, { ...delivered, alias: 'theirs-of-it' }, at)
    }
    const limits = { settledMs: 0, deadMs: 0, alertMs: 100 * MINUTE, auditMs: 0, limit: 100 }
    const forget = async (now: number, seenMs: number) => {
      while (await store.prune({ ...limits, now, seenMs }));
    }
    const known = async () => (await store.alerts.get('theirs-of-it', [])) !== undefined
    await forget(4 * MINUTE, 2.5 * MINUTE)
    expect(await known()).toBe(true)
    await forget(10 * MINUTE, 2.5 * MINUTE)
    expect(await known()).toBe(false)
  })

  test('an id that a peer tells of another alert means that one', async () => {
    const store = await open()
    for (const resource of ['a', 'b']) {
      await store.append(alertDraft({ resource }, { alertId: `${resource}-ours` }))
      const [delivery] = await claim(store, 1)
      await store.settle(delivery as Delivery, { ...delivered, alias: 'one-for-both' }, 10_000)
    }
    expect(await store.alerts.get('one-for-both', [])).toMatchObject({ state: { resource: 'b' } })
  })

  test('an action whose alert comes in later finds it at claim time', async () => {
    const store = await open()
    await store.append(actionDraft('x', 'ack'))
    await store.append(alertDraft({}, { alertId: 'x' }))
    const deliveries = await claim(store)
    const action = deliveries.find(({ message }) => message.kind === 'action')
    expect(action).toMatchObject({ sent: true })
  })

  test('once an alert was queued, its clear, its close and its delete go there whatever the match says', async () => {
    const match: FieldMatch[] = [{ field: 'severity', patterns: ['critical'] }]
    const store = await open([route('mom1', { match })])
    const queued = async (draft: Parameters<Store['append']>[0]) => {
      const appended = await store.append(draft)
      return appended.kind === 'accepted' ? appended.queued.length : -1
    }
    expect(await queued(alertDraft({ severity: 'minor' }))).toBe(0)
    expect(await queued(alertDraft({ severity: 'critical' }))).toBe(1)
    expect(await queued(alertDraft({ severity: 'minor' }))).toBe(1)
    expect(await queued(alertDraft({ severity: 'normal' }, { alertId: 'x' }))).toBe(1)
    expect(await queued(alertDraft({ severity: 'minor' })), 'it was closed there').toBe(0)
    expect(await queued(actionDraft('x', 'close'))).toBe(1)
    expect(await queued(deleteDraft('x'))).toBe(1)
    expect(await store.append(deleteDraft('x')), 'it is gone').toEqual({ kind: 'gone' })
  })

  test('a correlated clear under another event belongs to the same alert', async () => {
    const store = await open([route('mom1', { match: [{ field: 'severity', patterns: ['critical'] }] })])
    await store.append(alertDraft({ event: 'NodeDown', correlate: ['NodeDown', 'NodeUp'] }))
    const clear = await store.append(
      alertDraft({ event: 'NodeUp', severity: 'normal', correlate: ['NodeDown', 'NodeUp'] }),
    )
    expect(clear).toMatchObject({ queued: ['mom1'] })
  })

  test('the same message of a peer is a copy for ever, a stranger cannot silence anybody with it', async () => {
    const store = await open()
    const messageId = randomIds.messageId()
    const first = alertDraft({}, { alertId: 'x', messageId, fromPeer: true })
    expect(await store.append(first)).toMatchObject({ kind: 'accepted' })
    await bench.crash()
    const reopened = await bench.reopen()
    expect(await reopened.append(first)).toMatchObject({ kind: 'copy', by: 'message id', alertId: 'x' })
    const other = alertDraft({ text: 'other' }, { alertId: 'x', messageId, fromPeer: true })
    expect(await reopened.append(other), 'same id, other bytes').toMatchObject({ kind: 'accepted' })
  })

  test('what a peer has done to an alert is done once, also where it comes again under another id of the alert', async () => {
    const store = await open()
    for (const alertId of ['first-id', 'second-id']) await store.append(alertDraft({}, { alertId }))
    await store.append(alertDraft({ resource: 'web02' }, { alertId: 'another' }))
    const sent = { messageId: randomIds.messageId(), fromPeer: true }
    expect(await store.append(actionDraft('second-id', 'createTicket', sent))).toMatchObject({ kind: 'accepted' })
    for (const id of ['first-id', 'second-id']) {
      expect(await store.append(actionDraft(id, 'createTicket', sent))).toMatchObject({
        kind: 'copy',
        by: 'message id',
      })
    }
    // of one bulk request a peer may send the same for several alerts
    expect(await store.append(actionDraft('another', 'createTicket', sent))).toMatchObject({ kind: 'accepted' })
  })

  test("an alert that was never sent to a destination is not 'sent' there because its actions go there", async () => {
    const store = await open([route('mom1', { forward: ['actions'], match: [{ field: 'severity', patterns: ['*'] }] })])
    await store.append(alertDraft({}, { alertId: 'x' }))
    await store.append(actionDraft('x', 'ack'))
    expect((await claim(store))[0]).toMatchObject({ sent: false })
  })

  test("a peer's message that was held for weeks is still told from its copy", async () => {
    const store = await open()
    const held = alertDraft({}, { alertId: 'x', fromPeer: true, messageId: OLD_ID, acceptedAt: LONG_AFTER })
    await store.append(held)
    const retention = { settledMs: 10, deadMs: 10, seenMs: 1_000, alertMs: 10, auditMs: 10, limit: 100 }
    while (await store.prune({ ...retention, now: LONG_AFTER + 500 }));
    expect(await store.append(held)).toMatchObject({ kind: 'copy' })
  })
}
