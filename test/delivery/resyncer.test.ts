import { expect, test } from 'vitest'
import type { PeerPage } from '../../src/egress/read.js'
import type { DiffLine } from '../../src/model/resync.js'
import { told } from '../contract/resync.js'
import { actionDraft, alertDraft } from '../support/drafts.js'
import { waitFor } from '../support/wait.js'

import { PLAN, world } from './resyncing.js'

test('what a peer lacks is queued, after all its pages were read', async () => {
  const { append, drain, peer, resyncer, ended, clock } = await world()
  for (const resource of ['a', 'b', 'c', 'd']) await append(alertDraft({ resource }))
  await drain()
  await clock.advance(60_000)
  peer.alerts = ['a', 'c', 'd'].map((resource) => told({ resource }))
  expect(await resyncer.begin('mom1', PLAN)).toBe('begun')
  expect(await resyncer.begin('mom1', PLAN)).toBe('a resync runs')
  await ended()
  expect(await drain()).toEqual(['b open'])
  expect(await resyncer.state('mom1')).toMatchObject({ phase: 'done', tally: { read: 3, 'missing there': 1 } })
})

test('while a peer deletes alerts, those that move up a page are not taken for missing', async () => {
  const { append, drain, peer, resyncer, ended, clock } = await world()
  const all = ['a', 'b', 'c', 'd'].map((resource) => told({ resource }))
  for (const { resource } of all) await append(alertDraft({ resource }))
  await drain()
  await clock.advance(60_000)
  // after its first page it has deleted the first alert: the third is on the first page now
  peer.alerts = all
  peer.instead.push({ kind: 'read', value: { alerts: all.slice(0, 2), more: true, total: 4 } as PeerPage as never })
  peer.alerts = all.slice(1)
  await resyncer.begin('mom1', PLAN)
  await ended()
  expect(await drain()).toEqual(['a open'])
})

test('a peer that does not answer is asked again until it does', async () => {
  const { append, drain, peer, resyncer, ended, clock, logged } = await world()
  await append(alertDraft({ resource: 'a' }))
  await drain()
  await clock.advance(60_000)
  peer.instead.push({ kind: 'failed', why: 'refused' }, { kind: 'failed', why: 'refused' })
  await resyncer.begin('mom1', PLAN)
  await waitFor(
    'the first question',
    async () => (await resyncer.state('mom1'))?.note,
    (note) => note?.includes('refused') === true,
  )
  await ended()
  expect(peer.asked).toBe(3)
  expect(await drain()).toEqual(['a open'])
  expect(logged.filter((text) => text === 'resync waits for its peer')).toHaveLength(1)
})

test('to a peer that cannot be read all is sent', async () => {
  const { append, drain, peer, resyncer, ended, clock, logged } = await world()
  await append(alertDraft({ resource: 'a' }))
  await drain()
  await clock.advance(60_000)
  peer.alerts = [told({ resource: 'a' })]
  peer.instead.push({ kind: 'unreadable', why: 'answered 403' })
  await resyncer.begin('mom1', PLAN)
  await ended()
  expect(await drain()).toEqual(['a open'])
  expect(logged).toContain('peer cannot be read, resync sends all')
})

test('a queue that overflowed is made up for when it is empty and its destination takes messages', async () => {
  const { append, drain, peer, resyncer, ended, clock, store } = await world({ rows: 2 })
  for (const resource of ['a', 'b', 'c', 'd']) await append(alertDraft({ resource }, { alertId: resource }))
  await append(actionDraft('d', 'ack'))
  await clock.advance(5_000)
  expect(await resyncer.state('mom1')).toBeUndefined()
  peer.flows = false
  expect(await drain()).toEqual(['a open', 'b open'])
  await clock.advance(60_000)
  expect(await resyncer.state('mom1')).toBeUndefined()
  peer.flows = true
  peer.alerts = ['a', 'b'].map((resource) => told({ resource }))
  const got: string[] = []
  await waitFor(
    'the resync to end',
    async () => {
      await clock.advance(1_000)
      got.push(...(await drain()))
      return (await resyncer.state('mom1'))?.phase
    },
    (phase) => phase === 'done',
  )
  await ended()
  got.push(...(await drain()))
  expect(got).toEqual(['c open', 'd ack'])
  expect(store.resyncs.overflowedAt('mom1')).toBeUndefined()
})

test('a peer that is empty twice within five minutes is filled again by itself, once', async () => {
  const { append, drain, peer, resyncer, ended, clock } = await world({ whenEmpty: true })
  await append(alertDraft({ resource: 'a' }))
  await drain()
  // at first it was asked when nothing was open, then five minutes later when that was news
  await clock.advance(12 * 60_000)
  expect(await resyncer.state('mom1')).toBeUndefined()
  await waitFor(
    'the resync to begin',
    async () => {
      await clock.advance(60_000)
      return resyncer.state('mom1')
    },
    (state) => state !== undefined,
  )
  await ended()
  expect(await resyncer.state('mom1')).toMatchObject({ plan: { why: 'empty there' } })
  expect(await drain()).toEqual(['a open'])
  await clock.advance(60 * 60_000)
  expect(await drain()).toEqual([])
  expect(peer.alerts).toEqual([])
})

test('a peer that was empty once, and then has its alerts, is left alone', async () => {
  const { append, drain, peer, resyncer, clock } = await world({ whenEmpty: true })
  await append(alertDraft({ resource: 'a' }))
  await drain()
  await clock.advance(12 * 60_000)
  peer.alerts = [told({ resource: 'a' })]
  await clock.advance(60 * 60_000)
  expect(await resyncer.state('mom1')).toBeUndefined()
})

test('a destination that is not marked so is not asked whether it is empty', async () => {
  const { append, drain, resyncer, clock } = await world()
  await append(alertDraft({ resource: 'a' }))
  await drain()
  await clock.advance(60 * 60_000)
  expect(await resyncer.state('mom1')).toBeUndefined()
})

test('a resync that is stopped queues no more', async () => {
  const { append, drain, resyncer, clock } = await world({ rows: 20 })
  for (let i = 0; i < 15; i += 1) {
    await append(alertDraft({ resource: `r${i}` }))
    await drain()
  }
  await clock.advance(60_000)
  await resyncer.begin('mom1', { ...PLAN, by: 'all' })
  await waitFor(
    'the first page',
    async () => (await resyncer.state('mom1'))?.tally.queued,
    (queued) => queued === 10,
  )
  expect(await resyncer.cancel('mom1')).toBe(true)
  expect(await drain()).toHaveLength(10)
  await clock.advance(60_000)
  expect(await drain()).toEqual([])
  expect(await resyncer.state('mom1')).toMatchObject({ phase: 'stopped' })
})

test('a diff tells what differs, changes nothing, and lets no resync begin meanwhile', async () => {
  const { append, drain, peer, resyncer, clock, store } = await world()
  for (const resource of ['a', 'b']) await append(alertDraft({ resource }))
  await drain()
  await clock.advance(60_000)
  peer.alerts = [told({ resource: 'a', severity: 'minor' }), told({ resource: 'x' })]
  const lines = await resyncer.diff('mom1', PLAN, new AbortController().signal)
  if (typeof lines === 'string') throw new Error(lines)
  expect(await resyncer.begin('mom1', PLAN)).toBe('a diff runs')
  const all: DiffLine[] = []
  for await (const line of lines) all.push(line)
  expect(all.flatMap((line) => (line.kind === 'drift' ? [`${line.resource} ${line.difference}`] : []))).toEqual([
    'a differs',
    'b missing there',
    'x missing here',
  ])
  expect(all.at(-1)).toMatchObject({ kind: 'summary', equal: false, tally: { read: 2, seen: 2 } })
  expect(store.depth('mom1')).toBe(0)
  expect(await resyncer.begin('mom1', PLAN)).toBe('begun')
})

test('a destination of a kind that cannot be asked gets all, and its alerts cannot be taken over', async () => {
  const { append, drain, resyncer, ended, clock } = await world({ unreadable: true })
  await append(alertDraft({ resource: 'a' }))
  await drain()
  await clock.advance(60_000)
  await resyncer.begin('mom1', PLAN)
  await ended()
  expect(await drain()).toEqual(['a open'])
  await resyncer.begin('mom1', { ...PLAN, by: 'from' })
  await ended()
  expect(await resyncer.state('mom1')).toMatchObject({ phase: 'failed' })
})

test('a diff and a resync begun in the same moment do not share their notes', async () => {
  const { append, drain, peer, resyncer, clock } = await world()
  await append(alertDraft({ resource: 'a' }))
  await drain()
  await clock.advance(60_000)
  peer.alerts = [told({ resource: 'a' })]
  const { signal } = new AbortController()
  const [begun, lines] = await Promise.all([resyncer.begin('mom1', PLAN), resyncer.diff('mom1', PLAN, signal)])
  expect([begun, lines]).toEqual(['begun', 'a resync runs'])
})

test('a peer that tells the same page whatever is asked for is given up, and all is sent', async () => {
  for (const growing of [false, true]) {
    const { append, drain, peer, resyncer, ended, clock } = await world()
    await append(alertDraft({ resource: 'a' }))
    await drain()
    await clock.advance(60_000)
    let asked = 0
    // one tells other alerts each time, more than it says it has
    peer.instead.shift = () => {
      asked += 1
      const names = growing ? Array.from({ length: 200 }, (_, i) => `r${asked}-${i}`) : ['a']
      const alerts = names.map((resource) => told({ resource }))
      return { kind: 'read', value: { alerts, more: true, total: 3 } satisfies PeerPage } as never
    }
    await resyncer.begin('mom1', PLAN)
    await ended()
    expect(asked).toBe(growing ? 6 : 2)
    expect((await resyncer.state('mom1'))?.note).toContain('again and again')
    expect(await drain()).toEqual(['a open'])
  }
})

test('a resync at which the relay dies is over, so that the next start does not die of it too', async () => {
  const { store, peer, resyncer, clock } = await world({ dies: true })
  peer.alerts = [told({ resource: 'a' })]
  const died = new Promise((resolve) => {
    Object.assign(store.resyncs, {
      async adopt() {
        // whoever waits for it to stop hears of it
        resolve(resyncer.stop().catch((error: unknown) => error))
        throw new TypeError('a bug')
      },
    })
  })
  await resyncer.begin('mom1', { ...PLAN, by: 'from' })
  expect(await died).toBeInstanceOf(TypeError)
  expect(await store.resyncs.get('mom1')).toMatchObject({ phase: 'failed', endedAt: clock.now() })
})
