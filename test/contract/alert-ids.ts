import { expect, test } from 'vitest'
import type { Delivery } from '../../src/model/delivery.js'
import type { Draft } from '../../src/model/message.js'
import { actionDraft, alertDraft } from '../support/drafts.js'
import { only, resources } from './alert-reads.js'
import type { Bench } from './bench.js'
import { told } from './resync.js'

/** By which ids an alert is found. */
export function alertIdsContract(bench: Bench): void {
  const { open } = bench

  test('an id that we made for a repeat finds its alert when written whole; its beginning, once a destination calls it so', async () => {
    const [first, repeat] = ['11111111-aaaa-4aaa-8aaa-0199f0000001', '22222222-aaaa-4aaa-8aaa-0199f0000002']
    const store = await open()
    await store.append({ ...alertDraft({ resource: 'web1' }, { alertId: first }), ownId: true } as Draft)
    await store.append({ ...alertDraft({ resource: 'web1' }, { alertId: repeat }), ownId: true } as Draft)
    const found = async (id: string) => {
      expect(await resources(store, only({ kind: 'id', value: id })), id).toEqual(
        (await store.alerts.get(id, [])) === undefined ? [] : ['web1'],
      )
      return (await store.alerts.get(id, [])) !== undefined
    }
    expect([await found(first), await found('11111111'), await found(repeat)]).toEqual([true, true, true])
    expect(await found('22222222')).toBe(false)
    const [delivery] = await bench.claim(store)
    await store.settle(delivery as Delivery, { to: 'delivered', status: 201, note: null, alias: repeat }, 10_000)
    expect([await found('11111111'), await found('22222222')]).toEqual([true, true])
  })

  test('the beginning of an id by which a peer calls an alert finds it, though we made it for a repeat', async () => {
    const store = await open()
    for (const alertId of ['11111111-one', '22222222-two']) {
      await store.append({ ...alertDraft({ resource: 'web1' }, { alertId }), ownId: true } as Draft)
    }
    await store.resyncs.adopt('mom1', [told({ resource: 'web1', id: '22222222-two' })], 50_000)
    expect(await store.alerts.get('22222222', [])).toMatchObject({ state: { id: '11111111-one' } })
  })

  test('the beginning of an id finds its alert, also where somebody wrote it before the id was known', async () => {
    const store = await open()
    await store.append(actionDraft('12345678', 'ack'))
    expect(await store.alerts.get('12345678', [])).toBeUndefined()
    await store.append(alertDraft({ resource: 'web1' }, { alertId: '12345678-abcd' }))
    expect(await store.alerts.get('12345678', [])).toMatchObject({ state: { id: '12345678-abcd' } })
    await store.append(actionDraft('12345678', 'ack'))
    expect(await store.alerts.get('12345678-abcd', [])).toMatchObject({ state: { status: 'ack' } })
    await store.append(alertDraft({ resource: 'web2' }, { alertId: '12345678-efgh' }))
    expect(await store.alerts.get('12345678', [])).toBe('ambiguous')
  })

  test('an alert is found by each of its ids and by 8 characters of one, not by fewer', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'web1' }, { alertId: 'id-of-web1' }))
    await store.append(alertDraft({ resource: 'web1' }, { alertId: '12345678-abcd' }))
    for (const id of ['id-of-web1', 'id-of-we', '12345678-abcd', '12345678']) {
      expect(await store.alerts.get(id, []), id).toMatchObject({ state: { id: 'id-of-web1' } })
      expect(await resources(store, only({ kind: 'id', value: id })), id).toEqual(['web1'])
    }
    for (const id of ['1234567', '2345678-abcd', '12345678-abcde', '']) {
      expect(await store.alerts.get(id, []), id).toBeUndefined()
      expect(await resources(store, only({ kind: 'id', value: id })), id).toEqual([])
    }
  })
}
