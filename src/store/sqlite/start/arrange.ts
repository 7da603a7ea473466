import type Database from 'better-sqlite3'
import { REMOVED } from '../../../model/gate.js'
import type { Arranged } from '../../arranged.js'
import { type ConfiguredQueue, StoreRefused } from '../../contract.js'
import { parseGate } from '../gates.js'
import { forgetServer, isSameServer } from './servers.js'

interface Row {
  readonly id: number
  readonly name: string
  readonly queued_rows: number
  readonly gate: string
  readonly server: string | null
}

/**
 * Brings what the database has of destinations in line with the configuration, before their queues are opened: renames
 * those that have a new name, holds those that are gone, forgets the ids of servers that were replaced. May run inside a
 * transaction. Throws StoreRefused where two queues would have to become one.
 */
export function arrange(
  db: Database.Database,
  configured: readonly ConfiguredQueue[],
  now: number,
): readonly Arranged[] {
  const rows = db.prepare<[], Row>('SELECT id, name, queued_rows, gate, server FROM destination')
  const steps = [rename, noteServer, putBack, holdRemoved]
  return db.transaction(() => steps.flatMap((step) => step(db, rows.all(), configured, now)))()
}

function rename(db: Database.Database, rows: readonly Row[], configured: readonly ConfiguredQueue[]): Arranged[] {
  const names = new Map(rows.map((row) => [row.name, row]))
  const arranged: Arranged[] = []
  for (const { name, formerly = [] } of configured) {
    for (const before of formerly) {
      const old = names.get(before)
      if (old === undefined) continue
      const taken = names.get(name)
      if (taken !== undefined && !isBlank(db, taken)) {
        if (hasWork(db, old)) throw bothHaveWork(before, name)
        continue
      }
      if (taken !== undefined) forget(db, taken.id)
      db.prepare('UPDATE destination SET name = ? WHERE id = ?').run(name, old.id)
      names.delete(before)
      names.set(name, { ...old, name })
      arranged.push({ kind: 'renamed', destination: name, before, rows: old.queued_rows })
    }
  }
  return arranged
}

const bothHaveWork = (before: string, name: string): StoreRefused =>
  new StoreRefused(
    `destination ${name} was formerly ${before}, but both have a queue or alerts of their own`,
    `take ${before} out of formerly, start, then: alerta-relay move ${before} ${name}`,
  )

/** Registered, and never used: it was started once under its new name without `formerly`. */
const isBlank = (db: Database.Database, { id, queued_rows }: Row): boolean =>
  queued_rows === 0 &&
  db.prepare('SELECT 1 FROM settled WHERE destination = ? LIMIT 1').get(id) === undefined &&
  db.prepare('SELECT 1 FROM mark WHERE destination = ? LIMIT 1').get(id) === undefined

const hasWork = (db: Database.Database, { id, queued_rows }: Row): boolean =>
  queued_rows > 0 ||
  db.prepare(`SELECT 1 FROM settled WHERE destination = ? AND state = 'dead' LIMIT 1`).get(id) !== undefined

function forget(db: Database.Database, id: number): void {
  for (const table of ['hold', 'resync', 'snapshot']) db.prepare(`DELETE FROM ${table} WHERE destination = ?`).run(id)
  db.prepare('DELETE FROM destination WHERE id = ?').run(id)
}

function noteServer(db: Database.Database, rows: readonly Row[], configured: readonly ConfiguredQueue[]): Arranged[] {
  const begin = db.prepare('INSERT INTO destination (name, order_by, server) VALUES (?, ?, ?)')
  const note = db.prepare('UPDATE destination SET server = ? WHERE id = ?')
  return configured.flatMap(({ name, orderBy, urls = [] }): Arranged[] => {
    const server = JSON.stringify(urls)
    const row = rows.find((one) => one.name === name)
    if (row === undefined) begin.run(name, orderBy, server)
    if (row === undefined || urls.length === 0 || row.server === server) return []
    note.run(server, row.id)
    const before: readonly string[] = JSON.parse(row.server ?? '[]')
    if (before.length === 0 || isSameServer(before, urls)) return []
    return [{ kind: 'another server', destination: name, before, now: urls, aliases: forgetServer(db, row.id) }]
  })
}

/** What an operator has put back is released; a hold of his own is not. */
function putBack(
  db: Database.Database,
  rows: readonly Row[],
  configured: readonly ConfiguredQueue[],
  now: number,
): Arranged[] {
  return rows
    .filter(({ name, gate }) => configured.some((one) => one.name === name) && isRemoved(gate))
    .map(({ id, name, queued_rows }) => {
      db.prepare(`UPDATE destination SET gate = '{"state":"flowing"}' WHERE id = ?`).run(id)
      db.prepare('UPDATE hold SET until = max(since, ?) WHERE destination = ? AND until IS NULL').run(now, id)
      return { kind: 'put back', destination: name, rows: queued_rows }
    })
}

/** Held time does not count: what waits grows no older until the operator has decided. */
function holdRemoved(
  db: Database.Database,
  rows: readonly Row[],
  configured: readonly ConfiguredQueue[],
  now: number,
): Arranged[] {
  return rows
    .filter(({ name, queued_rows }) => queued_rows > 0 && !configured.some((one) => one.name === name))
    .map(({ id, name, queued_rows, gate }) => {
      if (parseGate(gate)?.state !== 'held') {
        const held = JSON.stringify({ state: 'held', why: REMOVED, since: now })
        db.prepare('UPDATE destination SET gate = ? WHERE id = ?').run(held, id)
        db.prepare('INSERT INTO hold (destination, since) VALUES (?, ?) ON CONFLICT DO NOTHING').run(id, now)
      }
      return { kind: 'removed', destination: name, rows: queued_rows }
    })
}

/** One that cannot be read is none of ours; see gates.ts for what becomes of it. */
const isRemoved = (text: string): boolean => {
  const gate = parseGate(text)
  return gate?.state === 'held' && gate.why === REMOVED
}
