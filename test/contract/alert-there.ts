import { expect, test } from 'vitest'
import type { Delivery } from '../../src/model/delivery.js'
import type { Store } from '../../src/store/contract.js'
import { actionDraft, alertDraft, deleteDraft, fields } from '../support/drafts.js'
import { type Bench, delivered, retryAt, route } from './bench.js'

/** What healing an action needs to know, and what it teaches. */
export function alertThereContract(bench: Bench): void {
  const { open, claim } = bench

  async function claimOne(store: Store, kind: Delivery['message']['kind'], destination = 'mom1'): Promise<Delivery> {
    const deliveries = await claim(store, 10, 10_000, destination)
    return deliveries.find(({ message }) => message.kind === kind) as Delivery
  }

  /** Delivers what waits for the first destination, as far as it is ready. */
  async function deliverAll(store: Store): Promise<void> {
    for (let found = await claim(store); found.length > 0; found = await claim(store)) {
      for (const one of found) await store.settle(one, delivered, 10_000)
    }
  }

  test('the alert of an action is known with its state, and whether its destination should have it', async () => {
    const store = await open()
    await store.append(alertDraft({ customer: 'acme' }, { alertId: 'x' }))
    await deliverAll(store)
    await store.append(actionDraft('x', 'ack'))
    const there = await store.alertOf(await claimOne(store, 'action'))
    expect(there).toMatchObject({
      key: { environment: 'Production', resource: 'web01', event: 'NodeDown', customer: 'acme' },
      state: { id: 'x', status: 'ack' },
      stamp: expect.any(Number),
      ...{ gone: false, alias: undefined, queued: false, wanted: true, unlike: true },
    })
  })

  test('an alert is not wanted where none are forwarded, or where it was closed', async () => {
    const match = [{ field: 'severity', patterns: ['critical'] }]
    const store = await open([route('mom1', { match }), route('mom2', { forward: ['actions'] })])
    await store.append(alertDraft({}, { alertId: 'x' }))
    await store.append(alertDraft({ severity: 'normal' }, { alertId: 'x' }))
    await store.append(alertDraft({ severity: 'minor' }, { alertId: 'x' }))
    await deliverAll(store)
    await store.append(actionDraft('x', 'ack'))
    for (const destination of ['mom1', 'mom2']) {
      const there = await store.alertOf(await claimOne(store, 'action', destination))
      expect(there, destination).toMatchObject({ state: { status: 'ack', severity: 'minor' }, wanted: false })
    }
  })

  test('an alert that was deleted since is told to be gone', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'x' }))
    await deliverAll(store)
    await store.append(actionDraft('x', 'ack'))
    const action = await claimOne(store, 'action')
    await store.append(deleteDraft('x'))
    expect(await store.alertOf(action)).toMatchObject({ gone: true })
  })

  test('an action that came before its alert finds it waiting in another lane, and the ledger knows of both', async () => {
    const store = await open()
    await store.append(actionDraft('x', 'ack'))
    const action = await claimOne(store, 'action')
    expect(await store.alertOf(action)).toBeUndefined()
    const appended = await store.append(alertDraft({}, { alertId: 'x' }))
    expect(await store.alertOf(action)).toMatchObject({ queued: true, state: { status: 'ack' } })
    expect(appended, 'as it will be there').toMatchObject({ current: { state: { status: 'ack' } } })
    await deliverAll(store)
    expect(await store.alertOf(action)).toMatchObject({ queued: false })
  })

  test('what stands behind an action in its own lane cannot be waited for', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'x' }))
    await deliverAll(store)
    await store.append(actionDraft('x', 'ack'))
    const action = await claimOne(store, 'action')
    await store.append(alertDraft({}, { alertId: 'x' }))
    expect(await store.alertOf(action)).toMatchObject({ queued: false })
  })

  test('an alias that was learned on the way serves the next try and what follows', async () => {
    const store = await open()
    await store.append(alertDraft({}, { alertId: 'x' }))
    await deliverAll(store)
    await store.append(actionDraft('x', 'ack'))
    const action = await claimOne(store, 'action')
    await store.learn(action, 'theirs', 10_000)
    await store.settle(action, retryAt(10_000), 10_000)
    expect(await claimOne(store, 'action')).toMatchObject({ alias: 'theirs' })
    const appended = await store.append(actionDraft('theirs', 'unack', { via: 'http://mom1' }))
    expect(appended, 'from there it means our alert').toMatchObject({ queued: [], skipped: 1 })
  })

  test('an id that another destination explains means our alert from then on, in the ledger too', async () => {
    const store = await open([route('mom1'), route('mom2')])
    await store.append(alertDraft({}, { alertId: 'x' }))
    await deliverAll(store)
    await store.append(actionDraft('f00d', 'ack', { via: 'http://mom2' }))
    const action = await claimOne(store, 'action')
    const unheard = { by: 'mom2', alert: fields({ resource: 'unheard of' }), alias: 'f00d' }
    expect(await store.identify(action, unheard, 10_000)).toBe(false)
    expect(await store.alertOf(action)).toBeUndefined()
    const told = { by: 'mom2', alert: fields(), alias: 'mom2s' }
    expect(await store.identify(action, told, 10_000)).toBe(true)
    expect(await store.identify(action, told, 10_000), 'as another destination would').toBe(true)
    expect(await store.alertOf(action)).toMatchObject({ state: { id: 'x', status: 'ack' } })
    for (const id of ['f00d', 'mom2s']) {
      await store.append(actionDraft(id, `note ${id}`, { via: 'http://mom2' }))
    }
    await store.settle(action, delivered, 10_000)
    const [next] = await claim(store)
    expect(await store.alertOf(next as Delivery), 'known at once').toMatchObject({ state: { id: 'x' } })
    await store.append(alertDraft({}, { alertId: 'x2' }))
    const repeated = await store.append(alertDraft({}, { alertId: 'x3' }))
    expect(repeated).toMatchObject({ current: { state: { status: 'ack' } } })
  })

  test('what waits for a destination is older news there once an id of its own has been explained', async () => {
    const store = await open([route('mom1'), route('mom2')])
    await store.append(alertDraft({}, { alertId: 'x' }))
    for (const one of await claim(store, 10, 10_000, 'mom2')) await store.settle(one, delivered, 10_000)
    await store.append(actionDraft('x', 'ack'))
    await store.append(actionDraft('f00d', 'restart', { via: 'http://mom2' }))
    await store.append(actionDraft('f00d', 'unack', { via: 'http://mom2' }))
    const claimed = await claim(store)
    const action = claimed.find(({ message }) => message.action === 'restart') as Delivery
    await store.identify(action, { by: 'mom2', alert: fields(), alias: 'f00d' }, 10_000)
    const kinds = (await claim(store, 10, 10_000, 'mom2')).map(({ message }) => message.kind)
    expect(kinds, 'the ack is superseded, the state is sent instead').toEqual(['alert'])

    for (const one of claimed) await store.settle(one, delivered, 10_000)
    await deliverAll(store)
    await store.append(actionDraft('x', 'restart'))
    expect(await store.alertOf(await claimOne(store, 'action')), 'it was restarted before').toMatchObject({
      ...{ state: { status: 'open' }, unlike: false },
    })
  })

  test('messages that are like one another are told apart from those that are not', async () => {
    const store = await open()
    const unlike = async () => {
      const [one] = await claim(store)
      const there = await store.alertOf(one as Delivery)
      await store.settle(one as Delivery, delivered, 10_000)
      return there?.unlike
    }
    await store.append(alertDraft({}, { alertId: 'x' }))
    expect(await unlike()).toBe(true)
    await store.append(alertDraft({}, { alertId: 'x', acceptedAt: 2_000 }))
    expect(await unlike(), 'the same id').toBe(false)
    await store.append(alertDraft({}, { alertId: 'x2', acceptedAt: 3_000 }))
    expect(await unlike(), 'an id of its own').toBe(true)
    for (const [action, expected] of [
      ['restart', true],
      ['page', true],
      ['restart', false],
    ] as const) {
      await store.append(actionDraft('x', action, { acceptedAt: 4_000 }))
      expect(await unlike(), action).toBe(expected)
    }
    const limits = { settledMs: 10, deadMs: 10, seenMs: 1_000_000, alertMs: 1_000_000, auditMs: 1_000_000, limit: 100 }
    while (await store.prune({ ...limits, now: 100_000 }));
    await store.append(alertDraft({}, { alertId: 'x', acceptedAt: 100_000 }))
    expect(await unlike(), 'the first one is pruned, not forgotten').toBe(false)
  })
}
