import { describe, expect, test } from 'vitest'
import type { Route } from '../../src/model/destination.js'
import type { AlertState } from '../../src/model/ledger.js'
import type { Finding, Pair, There } from '../../src/model/resync.js'
import { createCompare, type Selection } from '../../src/routing/drift.js'
import { route } from '../contract/bench.js'
import { fields } from '../support/drafts.js'

const NOW = 100_000
const ALL: Selection = { by: 'diff', since: null, match: [] }

const state = (more: Partial<AlertState> = {}): AlertState => ({
  ...fields(),
  id: 'x',
  previousStatus: 'open',
  previousSeverity: 'indeterminate',
  trendIndication: 'moreSevere',
  duplicateCount: 0,
  repeat: false,
  receiveTime: 1_000,
  lastReceiveId: 'x',
  lastReceiveTime: 1_000,
  updateTime: 1_000,
  statusUntil: 0,
  ...more,
})
const there = (status: string, severity = 'critical'): There => ({ id: 'p', status, severity, receivedAt: 1_000 })
const pair = (here: Partial<AlertState>, more: Partial<Pair> = {}): Pair => ({
  ...{ state: state(here), heardAt: 1_000, deletedAt: null, mark: 'open', sent: true, there: undefined },
  ...more,
})
const judge = (one: Pair, selection: Partial<Selection> = {}, more: Partial<Route> = {}): Finding | undefined =>
  createCompare([route('mom1', more)])('mom1', { ...ALL, ...selection })(one, NOW)

/** What would be sent: "open", "open + ack 100", "delete". */
function sent(finding: Finding | undefined): string | undefined {
  if (finding === undefined) return undefined
  const { remedy } = finding
  if (remedy.kind === 'delete') return 'delete'
  const { status, followedBy } = remedy
  return followedBy === undefined ? status : `${status} + ${followedBy.action} ${followedBy.timeout}`
}

describe('what a destination is sent to stand as here', () => {
  test.each([
    ['open', {}, undefined, 'open'],
    ['acked for ever', { status: 'ack' }, undefined, 'ack'],
    ['acked for another 100 s', { status: 'ack', statusUntil: NOW + 99_001 }, undefined, 'open + ack 100'],
    ['shelved for another 5 s', { status: 'shelved', statusUntil: NOW + 5_000 }, there('open'), 'open + shelve 5'],
    ['acked with an end, shelved there', { status: 'ack', statusUntil: NOW + 5_000 }, there('shelved'), 'ack'],
    ['acked until a while ago', { status: 'ack', statusUntil: NOW - 1 }, undefined, 'open'],
    ['open, acked there', {}, there('ack'), 'open + open null'],
    ['open, closed there', {}, there('closed'), 'open'],
    ['of another severity', {}, there('open', 'minor'), 'open'],
    ['closed', { status: 'closed' }, undefined, undefined],
    ['closed, open there', { status: 'closed', severity: 'normal' }, there('open'), 'closed'],
    ['closed, expired there', { status: 'closed' }, there('expired', 'major'), undefined],
    ['out of time', { timeout: 10 }, undefined, undefined],
    ['out of time, open there', { timeout: 10 }, there('open', 'major'), undefined],
  ] as const)('%s', (_, here, known, expected) => {
    expect(sent(judge(pair(here, { there: known })))).toBe(expected)
  })
})

test('a peer that has ended an ack before us, or not yet, does not differ', () => {
  const acked = { status: 'ack', statusUntil: NOW - 1 }
  expect(judge(pair(acked, { there: there('open') }))).toBeUndefined()
  expect(judge(pair(acked, { there: there('ack') }))).toBeUndefined()
})

test('what the filter words hold back is not sent by a resync either', () => {
  const acked = pair({ status: 'ack', statusUntil: NOW + 5_000 })
  expect(sent(judge(acked, {}, { forward: ['alerts'] }))).toBe('ack')
  expect(sent(judge(acked, {}, { forward: ['alerts', 'ack'] }))).toBe('open + ack 5')
  expect(judge(acked, {}, { forward: ['actions', 'delete'] })).toBeUndefined()
  const deleted = pair({}, { deletedAt: 2_000, there: there('open') })
  expect(sent(judge(deleted))).toBe('delete')
  expect(judge(deleted, {}, { forward: ['alerts'] })).toBeUndefined()
})

test('an alert that the destination was never to have is not missing there', () => {
  const match = [{ field: 'severity', patterns: ['critical'] }]
  const other = { severity: 'minor' }
  expect(judge(pair(other, { mark: undefined, sent: false }), {}, { match })).toBeUndefined()
  expect(judge(pair(other, { mark: 'closed' }), {}, { match })).toBeUndefined()
  expect(sent(judge(pair(other), {}, { match }))).toBe('open')
  expect(sent(judge(pair({}, { mark: undefined, sent: false }), {}, { match }))).toBe('open')
  // its clear does not match, but closes what is open there
  const closed = pair({ status: 'closed', severity: 'normal' }, { mark: 'closed', there: there('open') })
  expect(sent(judge(closed, {}, { match }))).toBe('closed')
})

test('only what the operator chose is looked at', () => {
  const match = [{ field: 'severity', patterns: ['major'] }]
  expect(judge(pair({}), { match })).toBeUndefined()
  expect(sent(judge(pair({ severity: 'major' }), { match }))).toBe('open')
  expect(judge(pair({}, { heardAt: 4_999 }), { since: 5_000 })).toBeUndefined()
  expect(sent(judge(pair({}, { heardAt: 5_000 }), { since: 5_000 }))).toBe('open')
})

test('unseen, what is over is only sent where it has just happened', () => {
  const closed = pair({ status: 'closed' })
  const deleted = pair({}, { deletedAt: 2_000 })
  expect([judge(closed, { by: 'all' }), judge(deleted, { by: 'all' })]).toEqual([undefined, undefined])
  const recent: Partial<Selection> = { by: 'all', since: 500 }
  expect([sent(judge(closed, recent)), sent(judge(deleted, recent))]).toEqual(['closed', 'delete'])
  expect(judge(pair({ status: 'closed' }, { sent: false }), recent)).toBeUndefined()
})

test('what a blackout keeps back is not sent by a resync either, whatever the peer has', () => {
  for (const by of ['diff', 'all'] as const) {
    expect(judge(pair({ status: 'blackout' }), { by })).toBeUndefined()
    expect(judge(pair({ status: 'blackout' }, { there: there('open', 'minor') }), { by })).toBeUndefined()
    expect(judge(pair({ status: 'open' }), { by })).toBeDefined()
  }
})
