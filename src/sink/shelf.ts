import type { AlertFields, AlertKey } from '../model/alert.js'
import type { SinkAlert } from './alerts.js'

/** Old alerts make room: a sink that runs for weeks must not grow. */
const MAX_ALERTS = 100_000
/** What the alerta command line prints of an id. */
const MIN_PREFIX = 8

export interface Shelf {
  /** `before`: what the alert was, where it was known */
  put(alert: SinkAlert, before: SinkAlert | undefined): void
  remove(alert: SinkAlert): void
  find(id: string): SinkAlert | undefined
  isTaken(id: string): boolean
  /** The alert that this one repeats or correlates with: alerta/database/backends, is_duplicate and is_correlated. */
  related(alert: AlertFields): SinkAlert | undefined
  /** in the order in which they came */
  all(): Iterable<SinkAlert>
}

type Place = Omit<AlertKey, 'event'>

/** Keeps the newest alerts, and finds them by their ids and by what they are about. */
export function createShelf(): Shelf {
  const byId = new Map<string, SinkAlert>()
  /** last received id to first id */
  const firstIds = new Map<string, string>()
  const ofPlace = new Map<string, Set<string>>()

  const remove = (alert: SinkAlert): void => {
    const place = placeOf(alert)
    const ids = ofPlace.get(place)
    ids?.delete(alert.id)
    if (ids?.size === 0) ofPlace.delete(place)
    firstIds.delete(alert.lastReceiveId)
    byId.delete(alert.id)
  }
  const byPrefix = (prefix: string): SinkAlert | undefined => {
    if (prefix.length < MIN_PREFIX) return undefined
    const begins = (alert: SinkAlert) => alert.id.startsWith(prefix) || alert.lastReceiveId.startsWith(prefix)
    const found = [...byId.values()].filter(begins)
    return found.length === 1 ? found[0] : undefined
  }

  return {
    put(alert, before) {
      if (before !== undefined) firstIds.delete(before.lastReceiveId)
      byId.set(alert.id, alert)
      firstIds.set(alert.lastReceiveId, alert.id)
      const place = placeOf(alert)
      ofPlace.set(place, (ofPlace.get(place) ?? new Set()).add(alert.id))
      const [oldest] = byId.size > MAX_ALERTS ? byId.values() : []
      if (oldest !== undefined) remove(oldest)
    },
    remove,
    find: (id) => byId.get(id) ?? byId.get(firstIds.get(id) ?? '') ?? byPrefix(id),
    isTaken: (id) => byId.has(id),
    related(alert) {
      const there = [...(ofPlace.get(placeOf(alert)) ?? [])].flatMap((id) => byId.get(id) ?? [])
      return (
        there.find(({ event }) => event === alert.event) ?? there.find((one) => one.correlate.includes(alert.event))
      )
    },
    all: () => byId.values(),
  }
}

const placeOf = ({ environment, resource, customer }: Place): string =>
  JSON.stringify([environment, resource, customer])
