import { expect, test } from 'vitest'
import { alertFields, alertProblem } from '../../src/ingress/alert.js'
import { parseObject } from '../../src/ingress/json-object.js'
import { createLedger } from '../../src/ledger/ledger.js'
import { bodyOf } from '../../src/ledger/resend.js'
import type { Draft } from '../../src/model/message.js'
import { actionDraft, alertDraft } from '../support/drafts.js'
import { ALERT_RULES } from '../support/rules.js'
import { OPTIONS } from './recorded.js'

type AlertDraft = Extract<Draft, { kind: 'alert' }>
type ActionDraft = Extract<Draft, { kind: 'action' }>

const ledger = createLedger(OPTIONS)
const rich = {
  value: '5 °C',
  tags: ['a'],
  attributes: { n: { deep: null } },
  origin: 'o',
  rawData: 'r',
  customer: 'acme',
}
const given = alertDraft(rich, { alertId: 'id-1' }) as AlertDraft

function read(body: Buffer) {
  const parsed = parseObject(body)
  if (!parsed.ok) throw new Error(parsed.problem)
  expect(alertProblem(parsed.value, ALERT_RULES)).toBeUndefined()
  return { id: parsed.value.fields.id, fields: parsed.value.fields }
}

test('a peer that has nothing gets the alert with all its fields and its status', () => {
  const { state } = ledger.apply(given, undefined)
  const acked = ledger.apply(actionDraft('id-1', 'ack') as ActionDraft, state).state
  const { fields } = read(bodyOf(acked))
  expect(fields).toEqual({ id: 'id-1', ...given.alert, status: 'ack' })
})

test('what the original had not is null', () => {
  const { state } = ledger.apply(alertDraft() as AlertDraft, undefined)
  const { fields } = read(bodyOf(state))
  expect(fields).toMatchObject({ value: null, origin: null, rawData: null, customer: null })
})

test.each(['ack', 'shelve', 'close', 'expired'])(
  'a peer that has nothing is brought to the state after %s',
  (action) => {
    const { state } = ledger.apply(given, undefined)
    const here = ledger.apply(actionDraft('id-1', action) as ActionDraft, state).state
    const parsed = parseObject(bodyOf(here))
    if (!parsed.ok) throw new Error(parsed.problem)
    const filled = { createTime: here.createTime, customer: here.customer }
    const there = ledger.apply({ ...given, alert: alertFields(parsed.value, filled, ALERT_RULES) }, undefined).state
    expect([there.status, there.severity]).toEqual([here.status, here.severity])
  },
)
