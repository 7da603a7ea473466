import { iso } from '../base/clock.js'
import { percentEncoded } from '../base/percent.js'
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
  const alerts = JSON.stringify(hrefOf('', baseUrl)).slice(0, -1)
  const entries = history
    .toReversed()
    .map((entry) => entryText(entry, alerts) ?? JSON.stringify(shownEntry(JSON.parse(entry), baseUrl)))
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

/** How an entry is written; no text in it has a member like these, for its quotes have backslashes. */
const [ID, TIME, USER] = ['{"id":"', ',"updateTime":', ',"user":']
const PLAIN_ID = /^[\w-]+$/

/** `alerts`: what all hrefs begin with, a JSON text without its end. Undefined: it was written otherwise. */
function entryText(text: string, alerts: string): string | undefined {
  const endOfId = text.indexOf('"', ID.length)
  const id = text.slice(ID.length, endOfId)
  const time = text.indexOf(TIME, endOfId)
  const user = text.indexOf(USER, time)
  const updateTime = Number(text.slice(time + TIME.length, user))
  if (!text.startsWith(ID) || !PLAIN_ID.test(id) || time === -1 || Number.isNaN(updateTime)) return undefined
  const middle = text.slice(endOfId + 1, time)
  return `{"id":"${id}","href":${alerts}${id}"${middle},"updateTime":"${iso(updateTime)}"${text.slice(user)}`
}

/** A note as Alerta's API shows it (alerta/models/note.py: serialize). */
export const shownNote = (note: Note, baseUrl: string): Readonly<Record<string, unknown>> => {
  const { alert, createTime, updateTime, ...rest } = note
  return {
    ...rest,
    href: `${baseUrl}/note/${percentEncoded(note.id)}`,
    type: 'alert',
    createTime: iso(createTime),
    updateTime: updateTime === null ? null : iso(updateTime),
    related: { alert },
    _links: { alert: hrefOf(alert, baseUrl) },
  }
}

export const hrefOf = (id: string, baseUrl: string): string => `${baseUrl}/alert/${percentEncoded(id)}`
