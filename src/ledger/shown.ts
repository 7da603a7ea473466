import { iso } from '../base/clock.js'
import type { AlertState, HistoryEntry, Note } from '../model/ledger.js'

/** An alert of the ledger as Alerta's API shows it, the history oldest first (alerta/models/alert.py: serialize). */
export const shownAlert = (
  { state, history }: { readonly state: AlertState; readonly history: readonly HistoryEntry[] },
  baseUrl: string,
): Shown<'id' | 'history'> => ({
  history: history.toReversed().map((entry) => shownEntry(entry, baseUrl)),
  ...shownState(state, baseUrl),
})

/** The same as JSON, of a history of which each entry is JSON: an alert that has one of hundreds is written as fast. */
export function alertText(
  { state, history }: { readonly state: AlertState; readonly history: readonly string[] },
  baseUrl: string,
): string {
  const entries = history.toReversed().map((entry) => entryText(entry, baseUrl))
  return `${JSON.stringify(shownState(state, baseUrl)).slice(0, -1)},"history":[${entries.join(',')}]}`
}

type Shown<Member extends string> = Readonly<Record<Member, unknown>>

/** Member by member, and so the entries, for V8 is forty times slower at changing a copy. */
const shownState = (
  state: AlertState,
  baseUrl: string,
): Shown<Exclude<keyof AlertState, 'previousStatus' | 'statusUntil' | 'trail'> | 'href'> => ({
  id: state.id,
  href: hrefOf(state.id, baseUrl),
  resource: state.resource,
  event: state.event,
  environment: state.environment,
  severity: state.severity,
  correlate: state.correlate,
  status: state.status,
  service: state.service,
  group: state.group,
  value: state.value,
  text: state.text,
  tags: state.tags,
  attributes: state.attributes,
  origin: state.origin,
  type: state.type,
  createTime: state.createTime,
  timeout: state.timeout,
  rawData: state.rawData,
  customer: state.customer,
  duplicateCount: state.duplicateCount,
  repeat: state.repeat,
  previousSeverity: state.previousSeverity,
  trendIndication: state.trendIndication,
  receiveTime: iso(state.receiveTime),
  lastReceiveId: state.lastReceiveId,
  lastReceiveTime: iso(state.lastReceiveTime),
  updateTime: iso(state.updateTime),
})

const shownEntry = (entry: HistoryEntry, baseUrl: string): Shown<keyof HistoryEntry | 'href'> => ({
  id: entry.id,
  href: hrefOf(entry.id, baseUrl),
  event: entry.event,
  severity: entry.severity,
  status: entry.status,
  value: entry.value,
  text: entry.text,
  type: entry.type,
  updateTime: iso(entry.updateTime),
  user: entry.user,
  timeout: entry.timeout,
})

/** An entry as it is written. No text in it has a member like `updateTime`: its quotes would have backslashes. */
const ENTRY = /^\{"id":"([\w-]+)",(.*),"updateTime":(\d+),"user":/

function entryText(text: string, baseUrl: string): string {
  const match = ENTRY.exec(text)
  if (match === null) return JSON.stringify(shownEntry(JSON.parse(text), baseUrl))
  const [begun, id, middle, updateTime] = match as unknown as [string, string, string, string]
  const href = JSON.stringify(hrefOf(id, baseUrl))
  return `{"id":"${id}","href":${href},${middle},"updateTime":"${iso(Number(updateTime))}","user":${text.slice(begun.length)}`
}

/** A note as Alerta's API shows it (alerta/models/note.py: serialize). */
export const shownNote = (note: Note, baseUrl: string): Readonly<Record<string, unknown>> => {
  const { alert, createTime, updateTime, ...rest } = note
  return {
    ...rest,
    href: `${baseUrl}/note/${encodeId(note.id)}`,
    type: 'alert',
    createTime: iso(createTime),
    updateTime: updateTime === null ? null : iso(updateTime),
    related: { alert },
    _links: { alert: hrefOf(alert, baseUrl) },
  }
}

export const hrefOf = (id: string, baseUrl: string): string => `${baseUrl}/alert/${encodeId(id)}`

/** Most ids are these alone. */
const NEEDS_NO_CODE = /^[\w-]+$/

/** Through a Buffer, for an id may hold half a surrogate pair, on which encodeURIComponent throws. */
export const encodeId = (id: string): string =>
  NEEDS_NO_CODE.test(id) ? id : encodeURIComponent(Buffer.from(id).toString())
