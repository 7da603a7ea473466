import { describe, expect, test } from 'vitest'
import { createLedger } from '../../src/ledger/ledger.js'
import type { AlertFields } from '../../src/model/alert.js'
import type { AlertState, Applied } from '../../src/model/ledger.js'
import type { Draft } from '../../src/model/message.js'
import { standingAt } from '../../src/model/standing.js'
import { actionDraft, alertDraft } from '../support/drafts.js'
import { OPTIONS } from './recorded.js'

type AlertDraft = Extract<Draft, { kind: 'alert' }>
type ActionDraft = Extract<Draft, { kind: 'action' }>
type Step = (state: AlertState | undefined, at: number) => Applied

const ledger = createLedger(OPTIONS)
const alert =
  (fields: Partial<AlertFields> = {}, alertId?: string): Step =>
  (state, acceptedAt) =>
    ledger.apply(alertDraft(fields, { acceptedAt, ...(alertId === undefined ? {} : { alertId }) }) as AlertDraft, state)
const action =
  (name: string, timeout: number | null = null, apply = ledger.apply): Step =>
  (state, acceptedAt) => {
    const draft = actionDraft((state as AlertState).id, name, { acceptedAt }) as ActionDraft
    return apply({ ...draft, timeout }, state as AlertState)
  }

/** The last step's result; a second passes with every step, the first being at 1000. */
function following(...steps: readonly Step[]): Applied {
  const [last, ...others] = steps.map((step, i) => ({ step, at: (i + 1) * 1_000 })).reverse()
  const state = others.reverse().reduce<AlertState | undefined>((now, { step, at }) => step(now, at).state, undefined)
  return (last as { step: Step; at: number }).step(state, last?.at as number)
}

describe('a repeat', () => {
  test('keeps the first id and when and how the alert began, and takes over the newest details', () => {
    const first = { value: '1', origin: 'here', group: 'A', type: 'x', tags: ['a'], attributes: { k: 1, l: 1 } }
    const second = { value: '2', origin: 'there', group: 'B', type: 'y', tags: ['b', 'a'], attributes: { l: 2 } }
    const later = {
      text: 'again',
      service: ['New'],
      timeout: 5,
      rawData: 'raw',
      createTime: '2026-02-02T00:00:00.000Z',
    }
    expect(following(alert(first, 'id-1'), alert({ ...second, ...later }, 'id-2')).state).toMatchObject({
      id: 'id-1',
      lastReceiveId: 'id-2',
      ...{ origin: 'here', group: 'A', type: 'x', createTime: '2026-01-01T00:00:00.000Z' },
      ...{ value: '2', text: 'again', service: ['New'], timeout: 5, rawData: 'raw' },
      tags: ['a', 'b'],
      attributes: { k: 1, l: 2 },
      ...{ duplicateCount: 1, repeat: true, receiveTime: 1_000, lastReceiveTime: 2_000, updateTime: 1_000 },
    })
  })

  test('is worth an entry where value or status are others, and is a change only where the status is', () => {
    expect(following(alert(), alert({ text: 'other' }))).toMatchObject({ entry: undefined, changed: false })
    expect(following(alert({ value: '1' }), alert({ value: '2' }))).toMatchObject({
      entry: { type: 'value', status: 'open', value: '2', user: 'key test' },
      changed: false,
    })
    expect(following(alert(), action('expired'), alert({ value: '2' }))).toMatchObject({
      entry: { type: 'status', status: 'open', updateTime: Date.parse('2026-01-01T00:00:00.000Z') },
      changed: true,
      state: { updateTime: 3_000 },
    })
  })

  test('does not undo an ack, whatever the severity was before the ack', () => {
    const worse = [alert({ severity: 'minor' }), alert({ severity: 'major' }), action('ack')]
    expect(following(...worse, alert({ severity: 'major' })).state.status).toBe('ack')
    expect(following(...worse, alert({ severity: 'critical' })).state.status).toBe('open')
  })
})

describe('another severity or event', () => {
  test('counts from anew, tells what was before, and is always worth an entry', () => {
    const worse = { severity: 'critical', createTime: '2026-02-02T00:00:00.000Z' }
    expect(
      following(alert({ severity: 'major' }, 'id-1'), alert({ severity: 'major' }), alert(worse, 'id-3')),
    ).toMatchObject({
      state: {
        ...{ id: 'id-1', lastReceiveId: 'id-3', ...worse },
        ...{ previousSeverity: 'major', trendIndication: 'moreSevere', duplicateCount: 0, repeat: false },
        ...{ receiveTime: 3_000, updateTime: 1_000 },
      },
      entry: { id: 'id-3', type: 'severity', severity: 'critical', status: 'open' },
      changed: true,
    })
  })

  test('of the same severity is a change too', () => {
    expect(following(alert({ correlate: ['Up', 'NodeDown'] }), alert({ event: 'Up' }))).toMatchObject({
      state: { event: 'Up', trendIndication: 'noChange', correlate: ['Up', 'NodeDown'] },
      changed: true,
    })
  })
})

describe('an ack or shelving', () => {
  test.each([
    ['ack without a time holds for ever', [alert(), action('ack')], 0],
    ['ack for a minute', [alert(), action('ack', 60)], 62_000],
    ['shelving without a time holds for two hours', [alert(), action('shelve')], 7_202_000],
    ['shelving for a minute', [alert(), action('shelve', 60)], 62_000],
    ['ack that is refused changes nothing', [alert(), action('ack', 60), action('ack', 5)], 62_000],
    ['repeat leaves it', [alert(), action('ack', 60), alert()], 62_000],
    ['note leaves it', [alert(), action('ack', 60), action('createIssue', 5)], 62_000],
    ['worse severity ends it', [alert({ severity: 'minor' }), action('ack', 60), alert()], 0],
    ['unack ends it', [alert(), action('ack', 60), action('unack')], 0],
    ['clear ends it', [alert(), action('shelve', 60), alert({ severity: 'normal' })], 0],
  ] as const)('%s', (_, steps, until) => {
    expect(following(...steps).state.statusUntil).toBe(until)
  })

  test('holds as long as is configured', () => {
    const { apply } = createLedger({ ...OPTIONS, timeoutS: 86_400, ackTimeoutS: 30, shelveTimeoutS: 0 })
    expect(following(alert(), action('ack', null, apply)).state.statusUntil).toBe(32_000)
    expect(following(alert(), action('shelve', null, apply)).state.statusUntil).toBe(0)
  })

  test('ends in the status before it, though notes came between', () => {
    const notes = [action('createIssue'), alert({ value: '7' }), action('assign')]
    expect(following(alert(), action('ack'), action('shelve'), ...notes, action('unshelve')).state.status).toBe('ack')
    expect(following(alert(), action('ack'), ...notes, action('unack')).state.status).toBe('open')
    expect(following(alert({ status: 'ack' }), action('unack')).state.status).toBe('open')
  })

  test('of an alert learned from a peer ends in what it was before', () => {
    const { trail: _, ...state } = following(alert(), action('ack')).state
    expect(action('unack')({ ...state, previousStatus: 'assign' }, 9_000).state.status).toBe('assign')
  })
})

describe('an action', () => {
  test('that Alerta refuses leaves everything as it was, and says why', () => {
    const { state } = following(alert(), action('ack'))
    expect(action('ack')(state, 9_000)).toEqual({
      state,
      entry: undefined,
      changed: false,
      refused: 'the status is ack already',
    })
  })

  test('of a name of its own is a note', () => {
    expect(following(alert(), action('createIssue'))).toMatchObject({
      entry: { type: 'action', status: 'open' },
      changed: false,
      state: { updateTime: 2_000 },
    })
  })

  test('that closes makes the severity normal, and opening again brings it back', () => {
    const closed = following(alert({ severity: 'major' }), action('close'))
    expect(closed.state).toMatchObject({ status: 'closed', severity: 'normal', previousSeverity: 'major' })
    const opened = action('open')(closed.state, 9_000)
    expect(opened.state).toMatchObject({ status: 'open', severity: 'major', previousSeverity: 'normal' })
  })
})

test('a site has severities of its own', () => {
  const severities = { severities: { fatal: 1, fine: 5, good: 5 }, normalSeverity: 'fine', previousSeverity: 'good' }
  const own = createLedger({ ...OPTIONS, ...severities })
  const receive = (severity: string) => own.apply(alertDraft({ severity }) as AlertDraft, undefined).state
  expect(receive('fatal')).toMatchObject({ status: 'open', trendIndication: 'moreSevere', previousSeverity: 'good' })
  expect(receive('good')).toMatchObject({ status: 'closed', trendIndication: 'noChange' })
  expect(own.apply(actionDraft('x', 'close') as ActionDraft, receive('fatal')).state.severity).toBe('fine')
})

test('an ack for a while ends also where the value has changed meanwhile', () => {
  const { state } = following(alert({ value: '90%' }), action('ack', 60), alert({ value: '91%' }), action('timeout'))
  expect(state).toMatchObject({ status: 'open', statusUntil: 0 })
  const acked = following(alert({ value: '90%' }), action('ack', 60), alert({ value: '91%' })).state
  expect(standingAt(acked, acked.statusUntil), 'to a peer that is brought up to date').toMatchObject({ status: 'open' })
})
