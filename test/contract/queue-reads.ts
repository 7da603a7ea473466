import { expect, test } from 'vitest'
import { actionDraft, alertDraft, heartbeatDraft } from '../support/drafts.js'
import { type Bench, delivered, retryAt, route } from './bench.js'

const MINUTE = 60_000

/** What operators ask about queues, and what would become of a message. */
export function queueReadsContract(bench: Bench): void {
  const twoRoutes = () => bench.open([route('mom1'), route('mom2', { forward: ['heartbeats'] })])

  test('deliveries are counted by age, for each destination', async () => {
    const store = await twoRoutes()
    for (const [n, minutes] of [0, 0, 2, 3, 10, 61].toReversed().entries()) {
      await store.append(alertDraft({ resource: `web${n}` }, { acceptedAt: 100 * MINUTE - minutes * MINUTE }))
    }
    await store.append(heartbeatDraft('probe1', { acceptedAt: 100 * MINUTE }))
    const ages = await store.queueReads.ages([MINUTE, 5 * MINUTE, 60 * MINUTE], 100 * MINUTE)
    expect(ages).toEqual([
      { destination: 'mom1', counts: [3, 2, 1, 1] },
      { destination: 'mom2', counts: [1, 0, 0, 0] },
    ])
  })

  test('an age that is just reached belongs to the older ones; queues that are empty have none', async () => {
    const store = await twoRoutes()
    expect(await store.queueReads.ages([MINUTE], 0)).toEqual([
      { destination: 'mom1', counts: [0, 0] },
      { destination: 'mom2', counts: [0, 0] },
    ])
    await store.append(alertDraft({}, { acceptedAt: MINUTE }))
    expect((await store.queueReads.ages([MINUTE], 2 * MINUTE))[0]?.counts).toEqual([0, 1])
    expect((await store.queueReads.ages([MINUTE], 2 * MINUTE - 1))[0]?.counts).toEqual([1, 0])
  })

  test('the oldest delivery is told with what it is about, and how often it was tried', async () => {
    const store = await bench.open()
    expect(await store.queueReads.oldest('mom1')).toBeUndefined()
    await store.append(alertDraft({ resource: 'web01' }, { alertId: 'a1', acceptedAt: 5 }))
    await store.append(actionDraft('a1', 'ack', { acceptedAt: 6 }))
    const [delivery] = await bench.claim(store, 1)
    if (delivery === undefined) throw new Error('nothing to claim')
    expect(await store.queueReads.oldest('mom1')).toMatchObject({ attempts: 1, sending: true })
    await store.settle(delivery, retryAt(9_000), 10)
    expect(await store.queueReads.oldest('mom1')).toMatchObject({
      kind: 'alert',
      subject: 'a1',
      messageId: delivery.message.messageId,
      alert: { environment: 'Production', resource: 'web01', event: 'NodeDown', customer: null },
      acceptedAt: 5,
      attempts: 1,
      sending: false,
      notBefore: 9_000,
      note: 'status 500',
    })
  })

  test('lanes are told by their length and by the age of their heads', async () => {
    const store = await bench.open()
    await store.append(alertDraft({ resource: 'old' }, { acceptedAt: 1 }))
    for (const text of ['1', '2', '3']) await store.append(alertDraft({ resource: 'long', text }, { acceptedAt: 2 }))
    await store.append(actionDraft('never heard of', 'ack', { acceptedAt: 3 }))
    const lanes = await store.queueReads.lanes('mom1', 2)
    expect([lanes.lanes, lanes.rows]).toEqual([3, 5])
    expect(lanes.longest[0]).toMatchObject({ rows: 3, alert: { resource: 'long' } })
    expect(lanes.oldest.map(({ alert, rows }) => [alert?.resource, rows])).toEqual([
      ['old', 1],
      ['long', 3],
    ])
    expect((await store.queueReads.lanes('mom1', 3)).oldest[2]).toMatchObject({
      alert: undefined,
      subject: 'never heard of',
    })
  })

  test('what would become of an alert is what becomes of it, and asking changes nothing', async () => {
    const critical = { field: 'severity', patterns: ['critical'] }
    const store = await bench.open([route('mom1'), route('mom2', { match: [critical] })])
    const verdictsOf = async (draft: ReturnType<typeof alertDraft>) => {
      const foreseen = await store.foresee(draft)
      if (foreseen === 'ambiguous' || foreseen.decision.kind !== 'accept') throw new Error('not accepted')
      return foreseen.decision.verdicts.map(({ destination, kind }) => `${destination} ${kind}`)
    }
    const minor = alertDraft({ severity: 'minor' })
    expect(await verdictsOf(minor)).toEqual(['mom1 queue', 'mom2 skip'])
    expect(await store.foresee(minor)).toMatchObject({ known: undefined })
    expect(await bench.rowsOf(store)).toBe(0)
    await store.append(alertDraft({ severity: 'critical' }))
    // sticky: mom2 has it now
    expect(await verdictsOf(minor)).toEqual(['mom1 queue', 'mom2 queue'])
    expect(await store.append(minor)).toMatchObject({ queued: ['mom1', 'mom2'] })
  })

  test('a queue that is full is told, and is not made full by asking', async () => {
    const store = await bench.open([route('mom1')], { rows: 1, bytes: 1_000_000 })
    await store.append(alertDraft({ resource: 'a' }))
    for (const _ of [1, 2]) {
      expect(await store.foresee(alertDraft({ resource: 'b' }))).toMatchObject({ full: new Map([['mom1', 'refuse']]) })
    }
    const [delivery] = await bench.claim(store, 1)
    if (delivery !== undefined) await store.settle(delivery, delivered, 1)
    expect(await store.foresee(alertDraft({ resource: 'b' }))).toMatchObject({ full: new Map() })
  })
}
