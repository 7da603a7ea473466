import { describe, expect, test } from 'vitest'
import type { Delivery } from '../../src/model/delivery.js'
import type { Message } from '../../src/model/message.js'
import type { Current } from '../../src/store/appended.js'
import type { Store } from '../../src/store/contract.js'
import { actionDraft, alertDraft, changeDraft, deleteDraft, noteDraft, webhookDraft } from '../support/drafts.js'
import { type Bench, delivered, route } from './bench.js'

const said = ({ kind, body }: Message): string => `${kind} ${body ?? ''}`.trim()
const stateOf = async (store: Store, id = 'x') => {
  const current = await store.alerts.get(id, [])
  return current === undefined || current === 'ambiguous' ? undefined : current.state
}
const textsOf = async (store: Store): Promise<readonly string[]> => {
  const notes = await store.alerts.notes('x', [])
  return notes === undefined || notes === 'ambiguous' ? [] : notes.map(({ text }) => text)
}

/** Status, tags, attributes and notes: what happens to an alert beside receptions, actions and its delete. */
export function wholeLifeContract(bench: Bench): void {
  const { open, claim } = bench

  async function drain(store: Store, aliases: Readonly<Record<string, string>> = {}): Promise<readonly Delivery[]> {
    const got: Delivery[] = []
    for (;;) {
      const deliveries = await claim(store)
      if (deliveries.length === 0) return got
      for (const delivery of deliveries) {
        got.push(delivery)
        const alias = aliases[delivery.message.kind]
        await store.settle(delivery, { ...delivered, ...(alias === undefined ? {} : { alias }) }, 10_000)
      }
    }
  }

  test('status, tags and attributes are in the ledger and on their way at once, behind their alert', async () => {
    const store = await open()
    await store.append(alertDraft({ tags: ['a'], attributes: { region: 'EU' } }, { alertId: 'x' }))
    await store.append(changeDraft('x', { kind: 'tag', tags: ['b', 'a'] }))
    await store.append(changeDraft('x', { kind: 'untag', tags: ['a'] }))
    await store.append(changeDraft('x', { kind: 'attributes', attributes: { region: null, rack: 7 } }))
    await store.append(changeDraft('x', { kind: 'status', status: 'ack', text: 'mine', timeout: 60 }))
    await bench.crash()
    const reopened = await bench.reopen()
    expect(await stateOf(reopened)).toMatchObject({ tags: ['b'], attributes: { rack: 7 }, status: 'ack', timeout: 60 })
    expect(await stateOf(reopened)).not.toHaveProperty('attributes.region')
    const kinds = (await drain(reopened)).map(({ message }) => message.kind)
    expect(kinds).toEqual(['alert', 'tag', 'untag', 'attributes', 'status'])
  })

  test('a tag between two repeats is not folded away, nor are they across it', async () => {
    const store = await open(undefined, undefined, { fold: true })
    await store.append(alertDraft({ text: 'change' }, { alertId: 'x' }))
    for (const text of ['1', '2']) await store.append(alertDraft({ text, tags: [`t${text}`] }, { alertId: 'x' }))
    await store.append(changeDraft('x', { kind: 'untag', tags: ['t1'] }))
    for (const text of ['3', '4']) await store.append(alertDraft({ text }, { alertId: 'x' }))
    const got = (await drain(store)).map(({ message }) => {
      const { text, tags } = JSON.parse(String(message.body))
      return `${text ?? message.kind} ${tags}`.trim()
    })
    expect(got).toEqual(['change', '2 t2,t1', 'untag t1', '4'])
    expect((await stateOf(store))?.tags).toEqual(['t2'])
  })

  test('what waits is superseded by a later status from there, but no tag and no note is', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'x' }))
    await drain(store)
    await store.append(changeDraft('x', { kind: 'status', status: 'ack', text: '', timeout: null }))
    await store.append(changeDraft('x', { kind: 'tag', tags: ['a'] }))
    await store.append(noteDraft('x', 'add', 'n1', 'seen'))
    const via = 'http://mom1'
    await store.append(changeDraft('x', { kind: 'status', status: 'closed', text: '', timeout: null }, { via }))
    const kinds = (await drain(store)).map(({ message }) => message.kind)
    expect(kinds).toEqual(expect.arrayContaining(['tag', 'note']))
    expect(kinds).not.toContain('status')
    expect((await stateOf(store))?.status).toBe('closed')
  })

  test('a note is changed and taken away under the id that each destination gave it', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'x' }))
    await store.append(noteDraft('x', 'add', 'n1', 'first'))
    await drain(store, { alert: 'x-there', note: 'n1-there' })
    await bench.crash()
    const reopened = await bench.reopen()
    await reopened.append(noteDraft('x', 'change', 'n1', 'second'))
    expect(await textsOf(reopened)).toEqual(['second'])
    await reopened.append(noteDraft('x', 'remove', 'n1', ''))
    expect(await textsOf(reopened)).toEqual([])
    const waiting = await drain(reopened)
    expect(waiting.map(({ noteAlias, alias }) => [noteAlias, alias])).toEqual(Array(2).fill(['n1-there', 'x-there']))
    const { history } = (await reopened.alerts.get('x', [])) as Current
    expect(history.map(({ type, text }) => `${type} ${text}`)).toEqual(['dismiss note dismissed', 'note first', 'new '])
  })

  test('a note that the alert has not is not changed, one of another alert neither', async () => {
    const store = await open()
    for (const alertId of ['x', 'y']) await store.append(alertDraft({ resource: alertId }, { alertId }))
    await store.append(noteDraft('y', 'add', 'n1', 'of y'))
    for (const action of ['change', 'remove'] as const) {
      expect(await store.append(noteDraft('x', action, 'n1', 'z'))).toEqual({ kind: 'no such note' })
    }
    expect(await store.append(noteDraft('x', 'add', 'n1', 'taken'))).toMatchObject({ kind: 'accepted' })
    expect(await textsOf(store)).toEqual([])
  })

  test('of a thousand notes the last hundred are kept', async () => {
    const store = await open(undefined, { rows: 10_000, bytes: 10_000_000 })
    await store.append(alertDraft({}, { alertId: 'x' }))
    const adding = Array.from({ length: 1_000 }, (_, i) => store.append(noteDraft('x', 'add', `n${i}`, String(i))))
    await Promise.all(adding)
    const texts = await textsOf(store)
    expect([texts.length, texts[0], texts.at(-1)]).toEqual([100, '900', '999'])
  })

  test('what came in under an id that nobody knew is in the ledger once its alert comes', async () => {
    const store = await open()
    await store.append(changeDraft('x', { kind: 'tag', tags: ['early'] }))
    await store.append(noteDraft('x', 'add', 'n1', 'before'))
    await store.append(changeDraft('x', { kind: 'status', status: 'ack', text: '', timeout: null }))
    await store.append(alertDraft({}, { alertId: 'x' }))
    expect(await stateOf(store)).toMatchObject({ tags: ['early'], status: 'ack' })
    expect(await textsOf(store)).toEqual(['before'])
  })

  test('the filter words decide, and once an alert has gone there what concerns it follows', async () => {
    const match = [{ field: 'severity', patterns: ['critical'] }]
    const store = await open([route('mom1', { forward: ['alerts', 'tag', 'notes'], match })])
    for (const [alertId, severity] of Object.entries({ x: 'critical', y: 'minor' })) {
      await store.append(alertDraft({ resource: alertId, severity }, { alertId }))
      await store.append(changeDraft(alertId, { kind: 'tag', tags: ['t'] }))
      await store.append(changeDraft(alertId, { kind: 'untag', tags: ['t'] }))
      await store.append(changeDraft(alertId, { kind: 'status', status: 'ack', text: '', timeout: null }))
      await store.append(noteDraft(alertId, 'add', `n-${alertId}`, 'seen'))
    }
    const got = (await drain(store)).map(({ message }) => `${message.kind} ${message.alertId}`)
    expect(got).toEqual(['alert x', 'tag x', 'note x'])
  })

  describe('the same again', () => {
    test('by message id from a peer is once, and the same status over another way is a copy', async () => {
      const store = await open()
      await store.append(alertDraft({}, { alertId: 'x' }))
      const note = noteDraft('x', 'add', 'n1', 'once', { fromPeer: true, via: 'http://peer' })
      await store.append(note)
      expect(await store.append(note)).toMatchObject({ kind: 'copy', by: 'message id', note: { text: 'once' } })
      const status = { kind: 'status', status: 'ack', text: '', timeout: null } as const
      await store.append(changeDraft('x', status, { via: 'http://a' }))
      expect(await store.append(changeDraft('x', status, { via: 'http://a,http://b' }))).toMatchObject({ kind: 'copy' })
    })

    test('about an alert of another customer is refused', async () => {
      const store = await open()
      await store.append(alertDraft({ customer: 'Acme' }, { alertId: 'x' }))
      const customers = ['Other']
      for (const draft of [
        changeDraft('x', { kind: 'tag', tags: ['a'] }, { customers }),
        noteDraft('x', 'add', 'n1', 'seen', { customers }),
        changeDraft('unknown', { kind: 'status', status: 'ack', text: '', timeout: null }, { customers }),
      ]) {
        expect(await store.append(draft)).toEqual({ kind: 'not theirs' })
      }
      expect(await store.append(noteDraft('x', 'add', 'n1', 'seen', { customers: ['Acme'] }))).toMatchObject({
        kind: 'accepted',
        note: { customer: 'Acme' },
      })
    })

    test('about a deleted alert is refused', async () => {
      const store = await open()
      await store.append(alertDraft({}, { alertId: 'x' }))
      await store.append(deleteDraft('x'))
      expect(await store.append(changeDraft('x', { kind: 'tag', tags: ['a'] }))).toEqual({ kind: 'gone' })
      expect(await store.append(actionDraft('x', 'ack'))).toEqual({ kind: 'gone' })
    })
  })

  test('a webhook is about no alert, keeps its content type, and those of one path stay in order', async () => {
    const store = await open()
    await store.append(webhookDraft('/webhooks/slack?team=a', 'application/x-www-form-urlencoded', 'payload=1'))
    await store.append(webhookDraft('/webhooks/slack?team=a', null, ''))
    const [first, second] = await drain(store)
    expect(first?.message).toMatchObject({ kind: 'webhook', contentType: 'application/x-www-form-urlencoded' })
    expect(said(first?.message as Message)).toBe('webhook payload=1')
    expect(second?.message).toMatchObject({ alertId: '/webhooks/slack?team=a', contentType: null })
    expect(second?.lane).toBe(first?.lane)
  })
}
