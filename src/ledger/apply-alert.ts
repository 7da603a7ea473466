import type { Severities } from '../model/alert.js'
import { mergedAttributes, mergedTags } from '../model/details.js'
import type { AlertState, Applied, ChangeType, HistoryEntry } from '../model/ledger.js'
import type { Draft } from '../model/message.js'
import { receive } from './machine.js'
import { firstTrail, longerTrail } from './trail.js'
import { trendOf } from './trend.js'

type AlertDraft = Extract<Draft, { kind: 'alert' }>

/** What a reception makes of its alert; `state` undefined: there is none yet (alerta/models/alert.py, 9.1.0). */
export function applyAlert(draft: AlertDraft, state: AlertState | undefined, severities: Severities): Applied {
  if (state === undefined) return create(draft, severities)
  const isRepeat = draft.alert.event === state.event && draft.alert.severity === state.severity
  return isRepeat ? repeat(draft, state, severities) : change(draft, state, severities)
}

function create(draft: AlertDraft, severities: Severities): Applied {
  const { alert, alertId, acceptedAt } = draft
  const { previousSeverity } = severities
  const situation = { status: 'open', previousStatus: 'open', severity: alert.severity, previousSeverity }
  const status = receive(situation, alert.status, severities)
  const { previousStatus, trail } = firstTrail(alert.timeout)
  // the spread stands last: V8 is forty times slower at adding members to a copy than at copying into an object
  const state: AlertState = {
    id: alertId,
    previousStatus,
    previousSeverity,
    trendIndication: trendOf(previousSeverity, alert.severity, severities),
    duplicateCount: 0,
    repeat: false,
    receiveTime: acceptedAt,
    lastReceiveId: alertId,
    lastReceiveTime: acceptedAt,
    updateTime: acceptedAt,
    statusUntil: 0,
    trail,
    ...alert,
    status,
  }
  return { state, entry: entryOf(draft, 'new', status), changed: true, refused: undefined }
}

/** The same event with the same severity: counted, its details taken over. */
function repeat(draft: AlertDraft, state: AlertState, severities: Severities): Applied {
  const { previousSeverity } = severities // not the alert's own: a repeat is never worse than what is there
  const status = receive({ ...state, previousSeverity }, draft.alert.status, severities)
  const entry = entryOfRepeat(draft, state, status)
  const next = { ...state, ...received(draft, state, status), duplicateCount: state.duplicateCount + 1, repeat: true }
  return { state: remember(next, state, entry), entry, changed: status !== state.status, refused: undefined }
}

function entryOfRepeat(draft: AlertDraft, state: AlertState, status: string): HistoryEntry | undefined {
  if (status !== state.status) return entryOf(draft, 'status', status)
  return draft.alert.value === state.value ? undefined : entryOf(draft, 'value', status)
}

/** Another severity, or another event that the alert correlates with. */
function change(draft: AlertDraft, state: AlertState, severities: Severities): Applied {
  const { event, severity, createTime } = draft.alert
  const previousSeverity = state.severity
  const { status: now, previousStatus } = state
  const status = receive({ status: now, previousStatus, severity, previousSeverity }, draft.alert.status, severities)
  const entry = entryOf(draft, 'severity', status)
  const next: AlertState = {
    ...state,
    ...received(draft, state, status),
    event,
    severity,
    createTime,
    previousSeverity,
    trendIndication: trendOf(previousSeverity, severity, severities),
    duplicateCount: 0,
    repeat: false,
    receiveTime: draft.acceptedAt,
  }
  return { state: remember(next, state, entry), entry, changed: true, refused: undefined }
}

/** What every further reception brings: the newest details, and tags and attributes beside those that were sent before. */
function received({ alert, alertId, acceptedAt }: AlertDraft, state: AlertState, status: string) {
  const { service, value, text, timeout, rawData } = alert
  const isOther = status !== state.status
  return {
    status,
    service,
    value,
    text,
    timeout,
    rawData,
    tags: mergedTags(state.tags, alert.tags),
    attributes: mergedAttributes(state.attributes, alert.attributes),
    lastReceiveId: alertId,
    lastReceiveTime: acceptedAt,
    updateTime: isOther ? acceptedAt : state.updateTime,
    statusUntil: isOther ? 0 : state.statusUntil,
  }
}

const remember = (next: AlertState, state: AlertState, entry: HistoryEntry | undefined): AlertState =>
  entry === undefined ? next : { ...next, ...longerTrail(state, entry) }

function entryOf({ alert, alertId, credential }: AlertDraft, type: ChangeType, status: string): HistoryEntry {
  const { event, severity, value, text, timeout, createTime } = alert
  const updateTime = Date.parse(createTime)
  return { id: alertId, event, severity, status, value, text, type, updateTime, user: credential, timeout }
}
