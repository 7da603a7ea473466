import { expect, test } from 'vitest'
import type { AlertFields } from '../../src/model/alert.js'
import { EARLIER_KEPT } from '../../src/model/details.js'
import type { AlertState, Applied } from '../../src/model/ledger.js'
import type { Draft } from '../../src/model/message.js'
import { actionDraft, alertDraft, changeDraft, noteDraft } from '../support/drafts.js'
import { rulesFor } from '../support/rules.js'

const { apply, merge } = rulesFor([])
const LONG = `${'x'.repeat(4_095)}\u{1f600}${'x'.repeat(9_000_000)}`

const posted = (alert: Partial<AlertFields>, state?: AlertState): Applied => apply(alertDraft(alert) as never, state)
const applied = (draft: Draft, state: AlertState): Applied => apply(draft as never, state)

/** The state after all of these. */
const after = (alerts: readonly Partial<AlertFields>[]): AlertState | undefined =>
  alerts.reduce<AlertState | undefined>((state, alert) => posted(alert, state).state, undefined)

test('a sender of 8 MB texts gets them in the alert, and not a hundred times over in its history', () => {
  const first = posted({ text: LONG, value: LONG })
  expect([first.state.text, first.state.value]).toEqual([LONG, LONG])
  const action = { ...actionDraft('x', 'createIssue'), text: LONG }
  const drafts = [
    alertDraft({ text: LONG, value: '2' }),
    alertDraft({ text: LONG, value: LONG, severity: 'minor', event: LONG }),
    action as Draft,
    changeDraft('x', { kind: 'status', status: 'ack', text: LONG, timeout: null }),
    noteDraft('x', 'add', 'n1', LONG),
  ]
  for (const { entry } of [first, ...drafts.map((draft) => applied(draft, first.state))]) {
    if (entry === undefined) throw new Error('no entry')
    expect(entry.text.length + (entry.value ?? '').length + entry.event.length).toBeLessThan(3 * 4_097)
    const half = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])/
    expect(half.test(`${entry.text} ${entry.value} ${entry.event}`), 'no character is cut in two').toBe(false)
  }
  const draft = alertDraft({ text: LONG, value: LONG })
  const told = merge(draft as never, applied(draft, first.state), { status: 'ack' }, first.state)
  expect(told.entry?.text).toHaveLength(4_095)
})

test('an alert that comes with a new tag and a new attribute each time keeps the last thousand of them', () => {
  const names = Array.from({ length: 1_200 }, (_, i) => `t${i}`)
  const state = after(names.map((name) => ({ tags: ['always', name], attributes: { always: name, [name]: 1 } })))
  const expected = [...names.slice(-999), 'always'].sort()
  expect([...(state?.tags ?? [])].sort()).toEqual(expected)
  expect(Object.keys(state?.attributes ?? {}).sort()).toEqual(expected)
  expect(state?.attributes.always).toBe('t1199')
})

test('so do tags and attributes that are set by requests of their own', () => {
  let { state } = posted({ tags: ['first'], attributes: { first: 1 } })
  for (let i = 0; i < 1_100; i += 1) {
    state = applied(changeDraft('x', { kind: 'tag', tags: [`t${i}`] }), state).state
    state = applied(changeDraft('x', { kind: 'attributes', attributes: { [`t${i}`]: i } }), state).state
  }
  expect([state.tags.length, Object.keys(state.attributes).length]).toEqual([1_000, 1_000])
  expect([state.tags.at(-1), state.tags.includes('first'), state.attributes.first]).toEqual(['t1099', false, undefined])
})

test('what one message says is kept whole, and of what was before as much as fits beside it', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => `t${i}`)
  expect(after([{ tags: ['before'] }, { tags: many }])?.tags).toEqual(many)
  const big = 'b'.repeat(EARLIER_KEPT.bytes)
  const state = after([{ attributes: { first: big } }, { attributes: { second: big, small: 1 } }, { tags: ['x'] }])
  expect(Object.keys(state?.attributes ?? {})).toEqual(['small'])
})

test('an attribute of any name is kept', () => {
  const attributes = JSON.parse('{"__proto__": "p", "constructor": "c"}')
  const state = after([{ attributes }, { attributes: { other: 'o' } }])
  expect(Object.entries(state?.attributes ?? {})).toEqual([
    ['__proto__', 'p'],
    ['constructor', 'c'],
    ['other', 'o'],
  ])
})
