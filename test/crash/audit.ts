import type { Receipt } from './destination.js'
import { auditFolds } from './folds.js'
import { auditHop, countReceipts, newTally, type Tally } from './hop.js'
import { END, type Journal, type Journalled, rowsByNumber } from './journal.js'
import { auditOrder } from './order.js'
import { aliasAt, type Rules, type Sent } from './sent.js'

/** What all sides know when everything is over. */
export interface Evidence {
  readonly sent: readonly Sent[]
  readonly journal: Journal
  readonly rules: Readonly<Record<string, Rules>>
  /** by destination; of one that is a relay: what came out behind it */
  readonly receipts: Readonly<Record<string, readonly Receipt[]>>
  /** of the destinations that are relays: their own journals */
  readonly beyond: Readonly<Record<string, Journal>>
}

export interface Verdict {
  /** in words, each with the message and the destination; empty: all promises held */
  readonly faults: readonly string[]
  readonly tally: Tally
}

/** Whether every promise about accepted messages held: by the senders' memory, the databases and the receivers' logs. */
export function audit({ sent, journal, rules, receipts, beyond }: Evidence): Verdict {
  const tally = newTally()
  const byNumber = new Map(sent.map((one) => [one.n, one]))
  const hopFrom = (from: Journal) => ({ rows: rowsByNumber(from.messages), newest: newestOf(from, byNumber) })
  const first = hopFrom(journal)
  const faults = [...databaseFaults(journal), ...acceptanceFaults(sent, first.rows)]

  for (const [name, rule] of Object.entries(rules)) {
    const got = receipts[name] ?? []
    const far = beyond[name]
    const taken = far === undefined ? got : far.messages.map(({ n }) => ({ n, status: 201 }))
    const hop = { name, rules: rule, ended: journal.ended.get(name) ?? new Map(), counts: countReceipts(taken) }
    faults.push(...auditHop({ ...first, ...hop, knowsIds: far !== undefined }, sent, tally))
    faults.push(...auditFolds(journal.messages, byNumber, hop, got))
    faults.push(...auditOrder(taken, first.rows, byNumber, name))
    if (far !== undefined) {
      const behind = newTally()
      const last = { name: `${name} and beyond`, rules: rule, ended: far.ended.get(END) ?? new Map(), knowsIds: false }
      faults.push(...databaseFaults(far))
      faults.push(...auditHop({ ...hopFrom(far), ...last, counts: countReceipts(got) }, sent, behind))
      faults.push(...auditFolds(far.messages, byNumber, last, got))
      faults.push(...auditOrder(got, first.rows, byNumber, last.name))
      tally.doubledAfterUnknown += behind.doubledAfterUnknown
    }
    faults.push(...bodyFaults(got, byNumber, name))
  }
  return { faults, tally }
}

/** Nothing about an alert ever comes back from a destination here, so that the relay has nothing to say of its own. */
const databaseFaults = ({ integrity, left, own }: Journal): string[] => [
  ...(integrity === 'ok' ? [] : [`the database is broken: ${integrity}`]),
  ...(left === 0 ? [] : [`${left} deliveries are still queued`]),
  ...(own === 0 ? [] : [`the relay made ${own} messages of its own`]),
]

/** Answered means journalled; a peer's repeat is not journalled again; a sender's own order is that of the journal. */
function acceptanceFaults(sent: readonly Sent[], rows: ReadonlyMap<number, readonly Journalled[]>): string[] {
  const faults: string[] = []
  const reached = new Map<string, number>()
  for (const { n, kind, lane, peer, shared, answered } of sent) {
    const own = rows.get(n) ?? []
    const of = `${kind} ${n} of ${lane}`
    if (answered && own.length === 0) faults.push(`lost: answered 2xx and not in the journal: ${of}`)
    if (peer && own.length > 1) faults.push(`a peer's message was accepted ${own.length} times: ${of}`)
    if (shared || own.length === 0) continue
    if (own.some(({ seq }) => seq < (reached.get(lane) ?? 0))) faults.push(`journalled before an earlier one: ${of}`)
    reached.set(lane, Math.max(...own.map(({ seq }) => seq)))
  }
  return faults
}

/** Body, number and alert id belong together: an action goes under the id by which the destination knows the alert. */
function bodyFaults(got: readonly Receipt[], byNumber: ReadonlyMap<number, Sent>, name: string): string[] {
  const faults: string[] = []
  const known = new Set<string>()
  for (const { n, status, id, text } of got) {
    const one = byNumber.get(n)
    if (one === undefined) {
      faults.push(`nobody sent ${n}: at ${name}`)
      continue
    }
    const alias = aliasAt(name, one)
    if (text !== (one.kind === 'delete' ? '-' : String(n))) faults.push(`another message's body: ${n} at ${name}`)
    if (one.kind === 'alert' && status < 300) known.add(alias)
    if ((one.kind === 'action' || one.kind === 'delete') && known.has(alias) && id !== alias) {
      faults.push(`under the id ${id} instead of ${alias}: ${one.kind} ${n}`)
    }
    if (one.kind === 'delete') known.delete(alias)
  }
  return faults
}

/** The position of each lane's last message. */
function newestOf({ messages }: Journal, byNumber: ReadonlyMap<number, Sent>): ReadonlyMap<string, number> {
  const last = new Map<string, number>()
  for (const { seq, n } of messages) last.set(byNumber.get(n)?.lane ?? '', seq)
  return last
}
