import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actionFields, actionProblem } from '../../src/ingress/action.js'
import { alertFields, alertProblem } from '../../src/ingress/alert.js'
import { type JsonObject, parseObject } from '../../src/ingress/json-object.js'
import { createLedger } from '../../src/ledger/ledger.js'
import { SEVERITY_LEVEL } from '../../src/model/alert.js'
import { type AlertState, type Applied, TRENDS } from '../../src/model/ledger.js'
import type { Draft } from '../../src/model/message.js'
import { actionDraft, alertDraft } from '../support/drafts.js'
import { ALERT_RULES } from '../support/rules.js'
import { OPTIONS } from './recorded.js'

/** Whatever passes ingress, in any order, about one alert. */

const ledger = createLedger(OPTIONS)
const KNOWN = ['open', 'assign', 'ack', 'shelved', 'blackout', 'closed', 'expired']
const ACTIONS = ['open', 'assign', 'ack', 'unack', 'shelve', 'unshelve', 'close', 'expired', 'timeout', 'createIssue']
const words = (list: readonly string[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...list) }, { weight: 1, arbitrary: fc.string() })

const bodies = fc.record(
  {
    event: fc.constantFrom('Down', 'Up'),
    resource: fc.constant('r'),
    severity: words(Object.keys(SEVERITY_LEVEL)),
    status: words([...KNOWN, 'weird']),
    value: fc.jsonValue(),
    text: fc.jsonValue(),
    tags: fc.array(fc.string()),
    attributes: fc.dictionary(fc.string(), fc.jsonValue()),
    timeout: fc.nat(),
    rawData: fc.jsonValue(),
  },
  { requiredKeys: ['event', 'resource'] },
)
const actions = fc.record({ action: words(ACTIONS), text: fc.jsonValue(), timeout: fc.option(fc.nat()) })

/** undefined: ingress refuses it. */
function draftOf(body: object, at: number): Extract<Draft, { kind: 'alert' | 'action' }> | undefined {
  const parsed = parseObject(Buffer.from(JSON.stringify(body)))
  if (!parsed.ok) return undefined
  return 'action' in body ? action(parsed.value, at) : alert(parsed.value, at)
}

function alert(object: JsonObject, acceptedAt: number) {
  if (alertProblem(object, ALERT_RULES) !== undefined) return undefined
  const fields = alertFields(object, { createTime: new Date(acceptedAt).toISOString(), customer: null }, ALERT_RULES)
  return alertDraft(fields, { acceptedAt }) as Extract<Draft, { kind: 'alert' }>
}

function action(object: JsonObject, acceptedAt: number) {
  if (actionProblem(object) !== undefined) return undefined
  return { ...actionDraft('a', '', { acceptedAt }), ...actionFields(object) } as Extract<Draft, { kind: 'action' }>
}

type Message = ReturnType<typeof draftOf>

/** The message applied where it can be, and what must hold of the result. */
function step(before: AlertState | undefined, draft: Message, sent: Set<string>, tags: Set<string>) {
  if (draft === undefined) return before
  if (draft.kind === 'action') return before === undefined ? before : checked(before, ledger.apply(draft, before))
  sent.add(draft.alert.status)
  for (const tag of draft.alert.tags) tags.add(tag)
  return checked(before, ledger.apply(draft, before))
}

function checked(before: AlertState | undefined, { state, entry, changed, refused }: Applied): AlertState {
  expect(TRENDS).toContain(state.trendIndication)
  expect(Object.keys(SEVERITY_LEVEL)).toEqual(expect.arrayContaining([state.severity, state.previousSeverity]))
  expect(state.id).toBe(before?.id ?? state.id)
  if (!['ack', 'shelved'].includes(state.status)) expect(state.statusUntil).toBe(0)
  expect(changed).toBe((['severity', 'status', 'event'] as const).some((name) => before?.[name] !== state[name]))
  if (changed) expect(entry).toMatchObject({ severity: state.severity, status: state.status })
  if (refused !== undefined) expect(state).toBe(before)
  expect(JSON.parse(JSON.stringify(state)), 'it is kept as JSON').toEqual(state)
  return state
}

test('the ledger never throws, never invents a status, and loses no tag', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(bodies, actions), { maxLength: 40, size: 'max' }), (messages) => {
      const [sent, tags] = [new Set(KNOWN), new Set<string>()]
      let state: AlertState | undefined
      for (const [i, message] of messages.entries()) {
        state = step(state, draftOf(message, i * 1_000), sent, tags)
        if (state !== undefined) expect(sent).toContain(state.status)
        expect(new Set(state?.tags)).toEqual(tags)
      }
    }),
  )
})
