import { LRUCache } from 'lru-cache'
import type { Clock } from '../base/clock.js'
import { createLedger } from '../ledger/ledger.js'
import { ALERTA_SEVERITIES, type AlertFields } from '../model/alert.js'
import type { Ids } from '../model/ids.js'
import type { AlertState, Applied, HistoryEntry, Note, Noted } from '../model/ledger.js'
import type { Draft, Write } from '../model/message.js'
import { createShelf } from './shelf.js'

/** An alert as the sink keeps it. */
export interface SinkAlert extends AlertState {
  /** newest first */
  readonly history: readonly HistoryEntry[]
}

export interface Act {
  readonly action: string
  readonly text: string
  /** seconds; null: Alerta's default */
  readonly timeout: number | null
}

type ChangeKind = 'status' | 'tag' | 'untag' | 'attributes' | 'note'
type Said<W> = W extends unknown ? Omit<W, 'alertId'> : never
/** What is done to an alert beside actions. */
export type Change = Said<Extract<Write, { kind: ChangeKind }>>

export type Acted = 'done' | 'not found' | { readonly conflict: string }

export interface Alerts {
  /** De-duplicates and correlates: a repeat keeps the first one's id. `id` undefined: the sender chose none. */
  receive(fields: AlertFields, id: string | undefined, user: string): SinkAlert
  act(id: string, act: Act, user: string): Acted
  /** Undefined: no such alert. */
  change(id: string, change: Change, user: string): SinkAlert | undefined
  /** Of the alert with this first id, oldest first. */
  notes(id: string): readonly Note[]
  remove(id: string): boolean
  /** By first id, last received id or at least 8 characters of one that no other alert begins with. */
  find(id: string): SinkAlert | undefined
  all(): Iterable<SinkAlert>
}

/** Enough to see what happened; Alerta keeps 100, a sink is looked at at once. */
const HISTORY_LIMIT = 20

/** Alerts of which notes are kept; the oldest make room. */
const MAX_NOTED = 10_000
const MAX_NOTES = 100

/** The alerts of a very small Alerta, with its default settings. */
export function createAlerts({ ids, clock }: { readonly ids: Ids; readonly clock: Clock }): Alerts {
  const ledger = createLedger({ ...ALERTA_SEVERITIES, timeoutS: 86_400, ackTimeoutS: 0, shelveTimeoutS: 7_200 })
  const shelf = createShelf()
  const notes = new LRUCache<string, readonly Note[]>({ max: MAX_NOTED })

  const envelope = (user: string) => ({
    ...{
      messageId: ids.messageId(),
      acceptedAt: clock.now(),
      stamp: undefined,
      became: undefined,
      requestId: '',
      hops: [],
      sender: '',
    },
    ...{ credential: user, body: null, fromPeer: false, customers: [] },
  })
  const keep = ({ state, entry }: Pick<Applied, 'state' | 'entry'>, known: SinkAlert | undefined): SinkAlert => {
    const earlier = known?.history ?? []
    const alert = { ...state, history: entry === undefined ? earlier : [entry, ...earlier].slice(0, HISTORY_LIMIT) }
    shelf.put(alert, known)
    return alert
  }

  return {
    receive(alert, id, user) {
      const known = shelf.related(alert)
      const taken = id === undefined || (known === undefined && shelf.isTaken(id))
      const draft: Draft = { ...envelope(user), kind: 'alert', alertId: taken ? ids.id() : id, alert }
      return keep(ledger.apply(draft, known), known)
    },
    act(id, act, user) {
      const known = shelf.find(id)
      if (known === undefined) return 'not found'
      const applied = ledger.apply({ ...envelope(user), kind: 'action', alertId: known.id, ...act }, known)
      if (applied.refused !== undefined) return { conflict: applied.refused }
      keep(applied, known)
      return 'done'
    },
    change(id, change, user) {
      const known = shelf.find(id)
      if (known === undefined) return undefined
      const draft = { ...envelope(user), ...change, alertId: known.id } as Extract<Draft, { kind: ChangeKind }>
      const kept = notes.get(known.id) ?? []
      const applied = ledger.apply(
        draft,
        known,
        kept.find((note) => draft.kind === 'note' && note.id === draft.noteId),
      )
      if (applied.note !== undefined) notes.set(known.id, withNote(kept, applied.note))
      return keep(applied, known)
    },
    notes: (id) => notes.get(id) ?? [],
    remove(id) {
      const known = shelf.find(id)
      if (known !== undefined) {
        shelf.remove(known)
        notes.delete(known.id)
      }
      return known !== undefined
    },
    find: shelf.find,
    all: shelf.all,
  }
}

const withNote = (kept: readonly Note[], noted: Noted): readonly Note[] => {
  if (noted.kind === 'removed') return kept.filter(({ id }) => id !== noted.id)
  const { note } = noted
  const isKnown = kept.some(({ id }) => id === note.id)
  return isKnown ? kept.map((each) => (each.id === note.id ? note : each)) : [...kept, note].slice(-MAX_NOTES)
}
