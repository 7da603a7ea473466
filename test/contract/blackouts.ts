import { expect, test } from 'vitest'
import type { Blackout } from '../../src/model/blackout.js'
import { fields } from '../support/drafts.js'
import type { Bench } from './bench.js'

const MADE = '2026-01-01T00:00:10.000Z'
const AT = Date.parse(MADE)

const blackout = (id: string, more: Partial<Blackout> = {}): Blackout => ({
  id,
  environment: 'Production',
  service: [],
  resource: null,
  event: null,
  group: null,
  tags: [],
  origin: null,
  customer: null,
  startTime: AT - 1_000,
  endTime: AT + 1_000,
  duration: 2,
  user: 'key test',
  createTime: AT,
  text: null,
  ...more,
})

/** Blackouts, and what they keep back. */
export function blackoutContract(bench: Bench): void {
  const { open } = bench
  const alert = fields({ createTime: MADE, service: ['Web', 'Db'], tags: ['a', 'b'], origin: 'o', customer: 'acme' })
  const table: readonly (readonly [string, Partial<Blackout>, boolean])[] = [
    ['everything of the environment', {}, true],
    ['another environment', { environment: 'Development' }, false],
    ['begins with this moment', { startTime: AT }, true],
    ['begins later', { startTime: AT + 1 }, false],
    ['has just ended', { endTime: AT }, false],
    ['its resource', { resource: 'web01' }, true],
    ['another resource', { resource: 'web02' }, false],
    ['its event, another group', { event: 'NodeDown', group: 'Other' }, false],
    ['one of its services', { service: ['Db'] }, true],
    ['a service more than it has', { service: ['Db', 'Mail'] }, false],
    ['all of its tags', { tags: ['b', 'a'] }, true],
    ['another tag', { tags: ['c'] }, false],
    ['another origin', { origin: 'p' }, false],
    ['another customer', { customer: 'globex' }, false],
    ['its customer', { customer: 'acme' }, true],
  ]
  test.each(table)('a blackout of %s', async (_, more, expected) => {
    const store = await open()
    await store.blackouts.save(blackout('b1', more))
    expect(await store.blackouts.covers(alert)).toBe(expected)
  })

  test('blackouts are listed, changed and removed, and survive a crash', async () => {
    const store = await open()
    await store.blackouts.save(blackout('b1', { customer: 'acme' }))
    await store.blackouts.save(blackout('b2', { environment: 'Development', startTime: AT + 500 }))
    await store.blackouts.save(blackout('b1', { customer: 'acme', text: 'longer', endTime: AT + 9_000 }))
    await bench.crash()
    const { blackouts } = await bench.reopen()
    const ids = async (more: object = {}) =>
      (await blackouts.list({ now: AT, statuses: [], environments: [], customers: [], ...more })).map(({ id }) => id)
    expect(await blackouts.get('b1', ['acme'])).toMatchObject({ text: 'longer', endTime: AT + 9_000 })
    expect(await blackouts.get('b1', ['globex'])).toBeUndefined()
    expect(await ids()).toEqual(['b1', 'b2'])
    expect(await ids({ statuses: ['pending'] })).toEqual(['b2'])
    expect(await ids({ now: AT + 2_000, statuses: ['expired'] })).toEqual(['b2'])
    expect(await ids({ environments: ['Production'] })).toEqual(['b1'])
    expect(await ids({ customers: ['acme'] })).toEqual(['b1'])
    expect(await blackouts.remove('b1')).toBe(true)
    expect(await blackouts.remove('b1')).toBe(false)
    expect(await ids()).toEqual(['b2'])
  })
}
