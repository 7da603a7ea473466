import { describe, expect, test } from 'vitest'
import { act, receive } from '../../src/ledger/machine.js'
import { ALERTA_SEVERITIES } from '../../src/model/alert.js'

/** The tables of Alerta 9.1.0 (alarms/alerta.py) for an alert of severity major that was minor, and "shelved" before. */

const NOW = { severity: 'major', previousSeverity: 'minor', previousStatus: 'shelved' }
const ACTIONS = ['open', 'assign', 'ack', 'unack', 'shelve', 'unshelve', 'close', 'expired', 'timeout', 'createIssue']
/** "-" is a 409; a severity stands where it changes. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  open: ['-', 'open', 'ack', '-', 'shelved', '-', 'closed normal', 'expired', 'open', 'open'],
  assign: ['assign', 'assign', 'assign', '-', 'assign', '-', 'assign', 'expired', 'open', 'assign'],
  ack: ['open', 'open', '-', 'shelved', 'shelved', '-', 'closed normal', 'expired', 'open', 'ack'],
  shelved: ['open', 'shelved', '-', '-', '-', 'shelved', 'closed normal', 'expired', 'open', 'shelved'],
  blackout: ['shelved', 'shelved', 'shelved', '-', 'shelved', '-', 'closed normal', 'expired', 'open', 'blackout'],
  closed: ['open minor', 'shelved minor', '-', '-', '-', '-', '-', 'expired', 'open', 'closed'],
  expired: ['open', '-', '-', '-', '-', '-', '-', 'expired', 'open', 'expired'],
  weird: ['weird', 'weird', 'weird', '-', 'weird', '-', 'weird', 'expired', 'open', 'weird'],
}
const CELLS = Object.entries(TABLE).flatMap(([status, row]) =>
  row.map((cell, i) => [status, ACTIONS[i] as string, cell] as const),
)

const result = (situation: Parameters<typeof act>[0], action: string): string => {
  const move = act(situation, action, ALERTA_SEVERITIES)
  if (move.kind === 'refused') return '-'
  return move.severity === situation.severity ? move.status : `${move.status} ${move.severity}`
}

test.each(CELLS)('%s, then the action %s: %s', (status, action, expected) => {
  expect(result({ ...NOW, status }, action)).toBe(expected)
})

describe('an action', () => {
  test.each([
    ['timeout', { status: 'shelved', previousStatus: 'ack' }, 'ack'],
    ['open', { status: 'blackout', previousStatus: 'blackout' }, 'blackout'],
    ['assign', { status: 'closed', previousStatus: 'open' }, 'open minor'],
    ['assign', { status: 'ack', previousSeverity: 'critical' }, 'ack'],
    ['assign', { status: 'ack', previousSeverity: 'indeterminate' }, 'ack'],
    ['assign', { status: 'open', severity: 'normal' }, 'closed'],
    ['assign', { status: 'open', severity: 'cleared' }, 'closed normal'],
    ['close', { status: 'expired', severity: 'normal' }, 'closed'],
    ['open', { status: 'closed', severity: 'normal', previousSeverity: 'major' }, 'open major'],
    ['toString', { status: 'open' }, 'open'],
  ])('%s on %o: %s', (action, situation, expected) => {
    expect(result({ ...NOW, ...situation }, action)).toBe(expected)
  })

  test('that is refused says why', () => {
    expect(act({ ...NOW, status: 'ack' }, 'ack', ALERTA_SEVERITIES)).toEqual({
      kind: 'refused',
      why: 'the status is ack already',
    })
    expect(act({ ...NOW, status: 'closed' }, 'unshelve', ALERTA_SEVERITIES)).toEqual({
      kind: 'refused',
      why: 'an alert in status closed cannot take the action unshelve',
    })
  })
})

describe('a reception', () => {
  test.each([
    ['open', {}, 'open', 'open'],
    ['open', { severity: 'normal' }, 'open', 'closed'],
    ['assign', {}, 'open', 'assign'],
    ['assign', { severity: 'ok' }, 'open', 'closed'],
    ['ack of a lesser severity', { status: 'ack' }, 'open', 'open'],
    ['ack of the default severity', { status: 'ack', previousSeverity: 'indeterminate' }, 'open', 'ack'],
    ['ack of a worse severity', { status: 'ack', previousSeverity: 'critical' }, 'open', 'ack'],
    ['ack', { status: 'ack', severity: 'normal' }, 'open', 'closed'],
    ['ack of debug', { status: 'ack', severity: 'normal', previousSeverity: 'debug' }, 'open', 'open'],
    ['shelved', { status: 'shelved' }, 'open', 'shelved'],
    ['shelved', { status: 'shelved', severity: 'normal' }, 'open', 'closed'],
    ['blackout, shelved before', { status: 'blackout' }, 'open', 'shelved'],
    ['blackout, shelved before', { status: 'blackout', severity: 'normal' }, 'open', 'shelved'],
    ['blackout all along', { status: 'blackout', previousStatus: 'blackout' }, 'open', 'open'],
    ['closed, shelved before', { status: 'closed' }, 'open', 'shelved'],
    ['closed, open before', { status: 'closed', previousStatus: 'open' }, 'open', 'open'],
    ['closed', { status: 'closed', severity: 'normal' }, 'open', 'closed'],
    ['expired', { status: 'expired' }, 'open', 'open'],
    ['expired', { status: 'expired', severity: 'normal' }, 'open', 'closed'],
    ['open', {}, 'ack', 'ack'],
    ['closed', { status: 'closed' }, 'shelved', 'shelved'],
    ['open', { severity: 'normal' }, 'ack', 'closed'],
    ['a severity that the map has not', { status: 'ack', severity: 'fatal' }, 'open', 'ack'],
  ])('%s %o, with the status %s: %s', (name, situation, sent, expected) => {
    const status = name.startsWith('assign') ? 'assign' : 'open'
    expect(receive({ ...NOW, status, ...situation }, sent, ALERTA_SEVERITIES)).toBe(expected)
  })
})
