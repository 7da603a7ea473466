import { expect, test } from 'vitest'
import { createSenders, SENDERS_KEPT } from '../../src/base/senders.js'

const known = { credential: 'key test', known: true, address: '10.0.0.1' }
const stranger = (address: string) => ({ credential: 'key', known: false, address })

test('a credential is one sender from wherever it comes; a refused one is told apart by its address', () => {
  let now = 1
  const senders = createSenders(() => now)
  senders.accepted(known)
  now = 2
  senders.accepted({ ...known, address: '10.0.0.2' })
  senders.refused(known, 400, 'no JSON')
  now = 3
  senders.refused(stranger('10.0.0.9'), 401, 'API key is invalid')
  senders.refused(stranger('10.0.0.8'), 401, 'API key is invalid')
  expect(senders.all().map(({ key, accepted, refused }) => [key, accepted, refused])).toEqual([
    ['key from 10.0.0.8', 0, { 401: 1 }],
    ['key from 10.0.0.9', 0, { 401: 1 }],
    ['key test', 2, { 400: 1 }],
  ])
  expect(senders.all()[2]).toMatchObject({
    address: '10.0.0.1',
    lastAt: 2,
    lastError: { at: 2, status: 400, why: 'no JSON' },
  })
})

test('whoever tries a thousand addresses does not fill the memory, and does not push out who sends', () => {
  const senders = createSenders(() => 0)
  for (let n = 0; n < 3 * SENDERS_KEPT; n += 1) {
    senders.refused(stranger(`2001:db8::${n}`), 401, 'API key is invalid')
    if (n % 100 === 0) senders.accepted(known)
  }
  expect(senders.all()).toHaveLength(SENDERS_KEPT)
  expect(senders.all().find(({ key }) => key === 'key test')?.accepted).toBe(30)
})
