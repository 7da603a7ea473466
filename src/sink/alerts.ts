import { alertCloses } from '../model/alert.js'
import type { Ids } from '../model/ids.js'

/** As much of an alert as de-duplication and actions need. */
export interface SinkAlert {
  readonly id: string
  readonly key: string
  readonly resource: string
  severity: string
  status: string
  duplicateCount: number
}

export interface Reception {
  readonly id: string | undefined
  readonly environment: string
  readonly resource: string
  readonly event: string
  readonly customer: string
  readonly severity: string
  readonly status: string
}

export type Acted = 'done' | 'not found' | { readonly conflict: string }

/** Old alerts make room: a sink that runs for weeks must not grow. */
const MAX_ALERTS = 100_000

/** From which status each action leads where; elsewhere it is a conflict. Other actions change nothing. */
const TRANSITIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  open: { ack: 'open', shelved: 'open', closed: 'open' },
  ack: { open: 'ack' },
  unack: { ack: 'open' },
  shelve: { open: 'shelved', ack: 'shelved' },
  unshelve: { shelved: 'open' },
  close: { open: 'closed', ack: 'closed', shelved: 'closed' },
}

export interface Alerts {
  /** De-duplicates: a repeat keeps the first one's id. */
  receive(reception: Reception): SinkAlert
  act(id: string, action: string): Acted
  remove(id: string): boolean
  find(id: string): SinkAlert | undefined
  all(): Iterable<SinkAlert>
}

/** The alerts of a very small Alerta. */
export function createAlerts(ids: Ids): Alerts {
  const byId = new Map<string, SinkAlert>()
  const byKey = new Map<string, SinkAlert>()

  const remove = (alert: SinkAlert | undefined): boolean => {
    if (alert === undefined) return false
    byKey.delete(alert.key)
    return byId.delete(alert.id)
  }
  const insert = (key: string, { id, resource, severity, status }: Reception): SinkAlert => {
    const free = id !== undefined && !byId.has(id) ? id : ids.id()
    const alert = { id: free, key, resource, severity, status, duplicateCount: 0 }
    byId.set(alert.id, alert)
    byKey.set(key, alert)
    if (byId.size > MAX_ALERTS) remove(byId.values().next().value)
    return alert
  }

  return {
    receive(reception) {
      const { environment, resource, event, customer, severity } = reception
      const key = JSON.stringify([environment, resource, event, customer])
      const known = byKey.get(key)
      const alert = known ?? insert(key, reception)
      if (known !== undefined) known.duplicateCount = known.severity === severity ? known.duplicateCount + 1 : 0
      alert.severity = severity
      if (alertCloses(reception)) alert.status = 'closed'
      else if (alert.status === 'closed') alert.status = 'open'
      return alert
    },
    act(id, action) {
      const alert = byId.get(id)
      if (alert === undefined) return 'not found'
      const transitions = Object.hasOwn(TRANSITIONS, action) ? TRANSITIONS[action] : undefined
      if (transitions === undefined) return 'done'
      const next = transitions[alert.status]
      if (next === undefined) return { conflict: `${action} does not apply to an alert in status ${alert.status}` }
      alert.status = next
      return 'done'
    },
    remove: (id) => remove(byId.get(id)),
    find: (id) => byId.get(id),
    all: () => byId.values(),
  }
}
