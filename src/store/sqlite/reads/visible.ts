import type Database from 'better-sqlite3'
import type { AlertIds } from '../index/alert-ids.js'
import type { Sql } from './conditions.js'
import { select } from './selection.js'

export interface VisibleDeps {
  readonly db: Database.Database
  readonly alertIds: Pick<AlertIds, 'resolve'>
  readonly rows: <T>(text: string, values: Sql['values']) => readonly T[]
}

/** The number of the alert that is called so, if it is there and theirs to see; customers: none are all. */
export type Visible = (id: string, customers: readonly string[]) => number | 'ambiguous' | undefined

export function createVisible({ db, alertIds, rows }: VisibleDeps): Visible {
  const listed = db.prepare<[number], { customer: string | null }>('SELECT customer FROM listed WHERE alert = ?')

  function isTheirs(alert: number, customers: readonly string[]): boolean {
    const row = listed.get(alert)
    if (row === undefined || customers.length === 0) return row !== undefined
    return row.customer !== null && customers.includes(row.customer)
  }

  return (id, customers) => {
    const resolved = alertIds.resolve(id)
    if (resolved === undefined) return undefined
    if (resolved !== 'ambiguous') return isTheirs(resolved.alert, customers) ? resolved.alert : undefined
    // those that are deleted, or are not theirs to see, do not make it so
    const { where, from } = select({ where: { kind: 'id', value: id }, customers })
    const text = `SELECT listed.alert AS alert FROM ${from()} WHERE ${where.text} LIMIT 2`
    const [only, ...others] = rows<{ alert: number }>(text, where.values)
    return others.length > 0 ? 'ambiguous' : only?.alert
  }
}
