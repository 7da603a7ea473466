import { expect, test } from 'vitest'
import type { KnownAlert, Mark } from '../../src/model/decision.js'
import type { FieldMatch, Route } from '../../src/model/destination.js'
import type { Draft } from '../../src/model/message.js'
import { alertLane } from '../../src/model/order.js'
import { createDecide } from '../../src/routing/decide.js'
import { allows } from '../../src/routing/filter.js'
import { compileMatch } from '../../src/routing/match.js'
import { route } from '../contract/bench.js'
import { actionDraft, alertDraft, changeDraft, deleteDraft, fields, heartbeatDraft } from '../support/drafts.js'

function verdict(draft: Draft, one: Route, alert?: KnownAlert) {
  const decision = createDecide([one])(draft, { seen: false, alert, outdated: false, news: false })
  if (decision.kind !== 'accept') throw new Error(`decided ${decision.kind}`)
  const [only] = decision.verdicts
  return only?.kind === 'skip' ? only.why : 'queue'
}

function known(mark?: Mark): KnownAlert {
  const lanes = { resource: alertLane(fields(), 'resource'), alert: alertLane(fields(), 'alert') }
  return { key: fields(), lanes, last: undefined, marks: new Map(mark ? [['mom1', mark]] : []), gone: false }
}

const OTHERS = ['status', 'tag', 'untag', 'attributes']

// The documented filter words against the kinds of messages (federation document, "Forwarding Filters").
test.each([
  [['*'], ['alert', 'ack', 'createIssue', 'delete', 'heartbeat', ...OTHERS, 'note', 'webhook']],
  [['alerts'], ['alert']],
  [['actions'], ['ack', 'createIssue']],
  [['ack'], ['ack']],
  [['createIssue'], ['createIssue']],
  [['delete'], ['delete']],
  [['heartbeats'], ['heartbeat']],
  ...OTHERS.map((word): [string[], string[]] => [[word], [word]]),
  [['notes'], ['note']],
  [['webhooks'], ['webhook']],
  [['note', 'webhook', 'Tag'], []],
  [
    ['alerts', 'delete'],
    ['alert', 'delete'],
  ],
  [['unack'], []],
  [[], []],
])('the filter %j lets %j through', (forward, through) => {
  const writes = {
    alert: { kind: 'alert' },
    ack: { kind: 'action', action: 'ack' },
    createIssue: { kind: 'action', action: 'createIssue' },
    delete: { kind: 'delete' },
    heartbeat: { kind: 'heartbeat' },
    status: { kind: 'status' },
    tag: { kind: 'tag' },
    untag: { kind: 'untag' },
    attributes: { kind: 'attributes' },
    note: { kind: 'note' },
    webhook: { kind: 'webhook' },
  } as const
  const names = Object.keys(writes) as (keyof typeof writes)[]
  expect(names.filter((name) => allows(forward, writes[name]))).toEqual(through)
})

test.each([...OTHERS, 'notes', 'webhooks', 'alerts', 'delete'])(
  'a custom action named %s is not let through by that word',
  (word) => {
    const action = { kind: 'action', action: word } as const
    expect([allows([word], action), allows(['actions'], action)]).toEqual([false, true])
  },
)

test.each<[FieldMatch[], boolean]>([
  [[{ field: 'severity', patterns: ['critical', 'major'] }], true],
  [[{ field: 'severity', patterns: ['!critical'] }], false],
  [[{ field: 'environment', patterns: ['Prod*'] }], true],
  [[{ field: 'environment', patterns: ['prod*'] }], false],
  [[{ field: 'tags', patterns: ['eu', 'us'] }], true],
  [[{ field: 'tags', patterns: ['*', '!eu'] }], false],
  [[{ field: 'attributes.region', patterns: ['n?rth'] }], true],
  [[{ field: 'attributes.__proto__', patterns: ['*'] }], false],
  [[{ field: 'customer', patterns: ['*'] }], false],
  [[{ field: 'customer', patterns: ['!acme'] }], true],
  [
    [
      { field: 'resource', patterns: ['web01'] },
      { field: 'service', patterns: ['DB'] },
    ],
    false,
  ],
])('match %j: %s', (match, expected) => {
  expect(compileMatch(match)(fields({ tags: ['eu'], attributes: { region: 'north' } }))).toBe(expected)
})

test('a message never goes back where it came from or has been', () => {
  expect(verdict(alertDraft({}, { via: 'http://x,HTTP://MOM1/' }), route('mom1'))).toBe('already passed')
  expect(verdict(alertDraft({}, { via: 'http://mom11' }), route('mom1'))).toBe('queue')
})

test('an action about an alert that was never sent there stays here, about an unknown id it goes wherever allowed', () => {
  expect(verdict(actionDraft('x', 'ack'), route('mom1'), known())).toBe('not sent there')
  expect(verdict(actionDraft('x', 'ack'), route('mom1'), known('open'))).toBe('queue')
  expect(verdict(actionDraft('x', 'ack'), route('mom1'), known('gone'))).toBe('not sent there')
  expect(verdict(actionDraft('x', 'ack'), route('mom1'))).toBe('queue')
  expect(verdict(deleteDraft('x'), route('mom1', { forward: ['alerts'] }))).toBe('filter')
})

test('a destination that takes only actions gets them although no alert was ever sent there', () => {
  expect(verdict(actionDraft('x', 'ack'), route('mom1', { forward: ['actions'] }), known())).toBe('queue')
})

test('a credential bound to customers acts on their alerts only', () => {
  const acme = { ...known('open'), key: fields({ customer: 'acme' }) }
  const decide = createDecide([route('mom1')])
  const kindOf = (alert: KnownAlert | undefined) =>
    decide(actionDraft('x', 'ack', { customers: ['acme'] }), { seen: false, alert, outdated: false, news: false }).kind
  expect(kindOf(acme)).toBe('accept')
  expect(kindOf(known('open')), 'an alert of no customer').toBe('not theirs')
  expect(kindOf(undefined), 'an id nobody knows').toBe('not theirs')
})

test('heartbeats go by the filter alone', () => {
  expect(verdict(heartbeatDraft('h'), route('mom1', { match: [{ field: 'severity', patterns: ['x'] }] }))).toBe('queue')
  expect(verdict(heartbeatDraft('h'), route('mom1', { forward: ['alerts'] }))).toBe('filter')
})

const set = (status: string): Draft => changeDraft('x', { kind: 'status', status, text: '', timeout: null })

test.each([
  ['closed', 'closed'],
  ['expired', 'closed'],
  ['open', 'open'],
  ['ack', 'open'],
])('a status of %s that is queued leaves the alert %s there', (status, mark) => {
  const decision = createDecide([route('mom1')])(set(status), {
    seen: false,
    alert: known('closed'),
    outdated: false,
    news: false,
  })
  expect(decision).toMatchObject({ kind: 'accept', verdicts: [{ kind: 'queue', mark }] })
})

test('tags, attributes and notes leave the mark as it is, and go only where the alert went', () => {
  const one = route('mom1', { match: [{ field: 'severity', patterns: ['critical'] }] })
  for (const draft of [changeDraft('x', { kind: 'tag', tags: ['a'] }), set('ack')]) {
    expect(verdict(draft, one, known('closed'))).toBe('queue')
    expect(verdict(draft, one, known())).toBe('not sent there')
    expect(verdict(draft, one), 'an id that nobody has told of').toBe('queue')
  }
})

test('an alert that is not to go to a destination goes to all others, whatever they match', () => {
  const draft = { ...alertDraft(), notTo: 'mom1' }
  expect(verdict(draft, route('mom1'))).toBe('about itself')
  expect(verdict(draft, route('mom1'), known('open'))).toBe('about itself')
  expect(verdict(draft, route('mom2'))).toBe('queue')
})
