import { readFileSync } from 'node:fs'
import { iso } from '../../src/base/clock.js'
import { actionFields } from '../../src/ingress/action.js'
import { alertFields, alertProblem } from '../../src/ingress/alert.js'
import { parseObject } from '../../src/ingress/json-object.js'
import { type Change, readChange } from '../../src/ingress/receive-change.js'
import { createTimeOf, textOr } from '../../src/ingress/values.js'
import { createLedger } from '../../src/ledger/ledger.js'
import { ALERTA_SEVERITIES, type AlertFields } from '../../src/model/alert.js'
import type { AlertState, HistoryEntry } from '../../src/model/ledger.js'
import type { Draft } from '../../src/model/message.js'
import { actionDraft, alertDraft } from '../support/drafts.js'
import { ALERT_RULES } from '../support/rules.js'

/** Alerta's recorded cases, driven through the ledger. */

export const OPTIONS = { ...ALERTA_SEVERITIES, timeoutS: 86_400, ackTimeoutS: 0, shelveTimeoutS: 7_200 }

type AlertDraft = Extract<Draft, { kind: 'alert' }>
type ActionDraft = Extract<Draft, { kind: 'action' }>

/** An alert in the ledger with its whole history, oldest entry first. */
export interface Kept {
  readonly state: AlertState
  readonly history: readonly HistoryEntry[]
  readonly refused: string | undefined
}

/** The alerts of one Alerta, found as it finds them: by key, else by correlation. */
export function createAlerts() {
  const ledger = createLedger(OPTIONS)
  const kept: Kept[] = []
  let now = 1_000_000
  const put = (place: number, next: Kept): Kept => {
    kept[place === -1 ? kept.length : place] = next
    return next
  }
  return {
    receive(body: Buffer): Kept {
      now += 1_000
      const draft = alertOf(body, now)
      const exact = kept.findIndex(({ state }) => isFamily(state, draft.alert) && state.event === draft.alert.event)
      const related = kept.findIndex(
        ({ state }) => isFamily(state, draft.alert) && state.correlate.includes(draft.alert.event),
      )
      const place = exact === -1 ? related : exact
      const before = kept[place]
      const { state, entry, refused } = ledger.apply(draft, before?.state)
      return put(place, {
        state,
        history: [...(before?.history ?? []), ...(entry === undefined ? [] : [entry])],
        refused,
      })
    },
    /** `id`: of the alert or of its newest reception, or how one of them begins */
    act(id: string, body: Buffer): Kept {
      now += 1_000
      const place = kept.findIndex(({ state }) => state.id.startsWith(id) || state.lastReceiveId.startsWith(id))
      const before = kept[place] as Kept
      const { state, entry, refused } = ledger.apply(actionOf(body, before.state.id, now), before.state)
      return put(place, { state, history: [...before.history, ...(entry === undefined ? [] : [entry])], refused })
    },
    change(id: string, kind: Change, body: Buffer): Kept {
      now += 1_000
      const place = kept.findIndex(({ state }) => state.id.startsWith(id))
      const before = kept[place] as Kept
      const draft = {
        ...actionDraft(before.state.id, '', { acceptedAt: now }),
        ...readChange(kind, body)(before.state.id),
      }
      const { state, entry, refused } = ledger.apply(draft as ActionDraft, before.state)
      return put(place, { state, history: [...before.history, ...(entry === undefined ? [] : [entry])], refused })
    },
  }
}

const isFamily = (a: AlertFields, b: AlertFields): boolean =>
  a.environment === b.environment && a.resource === b.resource && a.customer === b.customer

function alertOf(body: Buffer, acceptedAt: number): AlertDraft {
  const parsed = parseObject(body)
  if (!parsed.ok || alertProblem(parsed.value, ALERT_RULES) !== undefined)
    throw new Error('the recording holds what ingress refuses')
  const createTime = createTimeOf(parsed.value) ?? iso(acceptedAt)
  const alert = alertFields(parsed.value, { createTime, customer: textOr(parsed.value, 'customer', null) }, ALERT_RULES)
  const id = textOr(parsed.value, 'id', null)
  return alertDraft(alert, { acceptedAt, body, ...(id === null ? {} : { alertId: id }) }) as AlertDraft
}

function actionOf(body: Buffer, alertId: string, acceptedAt: number): ActionDraft {
  const parsed = parseObject(body)
  if (!parsed.ok) throw new Error('the recording holds what ingress refuses')
  return { ...(actionDraft(alertId, '', { acceptedAt }) as ActionDraft), ...actionFields(parsed.value) }
}

/** What Alerta's alert and ours are compared by: all but ids, times of reception, and what is the server's own. */
export function comparable(alert: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { history, attributes, tags, ...rest } = alert
  const fields = Object.fromEntries(
    COMPARED.filter((name) => rest[name] !== undefined).map((name) => [name, rest[name]]),
  )
  if (Array.isArray(tags)) fields.tags = tags.toSorted()
  if (attributes !== undefined) {
    const { ip: _, ...own } = attributes as Record<string, unknown>
    fields.attributes = Object.fromEntries(Object.entries(own).toSorted())
  }
  if (Array.isArray(history))
    for (const name of HISTORY.filter((each) => history.some((entry) => each in entry)))
      fields[`history.${name}`] = history.map((entry) => entry[name])
  return fields
}

const COMPARED = [
  ...[
    'resource',
    'event',
    'environment',
    'severity',
    'correlate',
    'status',
    'service',
    'group',
    'value',
    'text',
    'type',
  ],
  ...['timeout', 'rawData', 'customer', 'duplicateCount', 'repeat', 'previousSeverity', 'trendIndication'],
]
const HISTORY = ['type', 'event', 'status', 'severity', 'value', 'text', 'timeout']

export const ours = ({ state, history }: Kept): Record<string, unknown> => comparable({ ...state, history })

/** Of what both have the parts that differ. */
export const differing = (theirs: Record<string, unknown>, mine: Record<string, unknown>): readonly string[] =>
  Object.keys(theirs).filter((name) => JSON.stringify(theirs[name]) !== JSON.stringify(mine[name]))

interface After {
  readonly name: string
  readonly after: Readonly<Record<string, unknown>>
}

/** The alert as Alerta had it after a case of another recording. */
export function readAfter(topic: 'action' | 'update'): readonly After[] {
  const file = new URL(`../data/recorded-state-after-${topic}.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: After[] }).cases
}
