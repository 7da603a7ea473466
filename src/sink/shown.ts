import { iso } from '../base/clock.js'
import type { HistoryEntry } from '../model/ledger.js'
import type { SinkAlert } from './alerts.js'

/** What of an alert is told only to who asks for it. */
export interface Wanted {
  readonly rawData: boolean
  readonly history: boolean
}

/** An alert as Alerta prints it: serialize of alerta/models/alert.py, history oldest first. `base` is our URL. */
export function shown(alert: SinkAlert, base: string, wanted: Wanted) {
  const { trail, previousStatus, statusUntil, rawData, history, ...told } = alert
  const href = `${base}/alert/${encodeURIComponent(alert.id)}`
  return {
    ...told,
    href,
    rawData: wanted.rawData ? rawData : null,
    receiveTime: iso(alert.receiveTime),
    lastReceiveTime: iso(alert.lastReceiveTime),
    updateTime: iso(alert.updateTime),
    history: wanted.history ? history.map((entry) => shownEntry(entry, href)).reverse() : [],
  }
}

const shownEntry = (entry: HistoryEntry, href: string) => ({ ...entry, href, updateTime: iso(entry.updateTime) })
