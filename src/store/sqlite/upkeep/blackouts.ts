import type Database from 'better-sqlite3'
import { type Blackout, blackoutStatus, covers } from '../../../model/blackout.js'
import type { Blackouts } from '../../blackouts.js'
import { reading } from '../faults.js'
import type { Writer } from '../writer.js'

/** An operator makes some a week: all of them are read where they are listed. */
export function createBlackouts(db: Database.Database, writer: Writer): Blackouts {
  const statement = {
    byId: db.prepare<[string], string>('SELECT state FROM blackout WHERE id = ?').pluck(),
    all: db.prepare<[], string>('SELECT state FROM blackout ORDER BY n').pluck(),
    save: db.prepare(
      `INSERT INTO blackout (id, environment, start_at, end_at, state) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET environment = excluded.environment, start_at = excluded.start_at,
         end_at = excluded.end_at, state = excluded.state`,
    ),
    remove: db.prepare('DELETE FROM blackout WHERE id = ?'),
    around: db
      .prepare<[string, number, number], string>(
        'SELECT state FROM blackout WHERE environment = ? AND end_at > ? AND start_at <= ?',
      )
      .pluck(),
  }
  const isTheirs = ({ customer }: Blackout, customers: readonly string[]): boolean =>
    customers.length === 0 || (customer !== null && customers.includes(customer))
  const isOneOf = (values: readonly string[], value: string): boolean => values.length === 0 || values.includes(value)

  return {
    get: async (id, customers) =>
      reading(() => {
        const state = statement.byId.get(id)
        const blackout = state === undefined ? undefined : toBlackout(state)
        return blackout !== undefined && isTheirs(blackout, customers) ? blackout : undefined
      }),
    list: async ({ now, statuses, environments, customers }) =>
      reading(() =>
        statement.all
          .all()
          .map(toBlackout)
          .filter(
            (one) =>
              isTheirs(one, customers) &&
              isOneOf(environments, one.environment) &&
              isOneOf(statuses, blackoutStatus(one, now)),
          ),
      ),
    save: (blackout) =>
      writer.run(() => {
        const { id, environment, startTime, endTime } = blackout
        statement.save.run(id, environment, startTime, endTime, JSON.stringify(blackout))
      }),
    remove: (id) => writer.run(() => statement.remove.run(id).changes === 1),
    covers: async (alert) =>
      reading(() => {
        const made = Date.parse(alert.createTime)
        return statement.around.all(alert.environment, made, made).some((state) => covers(toBlackout(state), alert))
      }),
  }
}

const toBlackout = (state: string): Blackout => JSON.parse(state) as Blackout
