import type Database from 'better-sqlite3'
import { mergeSettings, type Settings } from '../../model/settings.js'
import type { UserSettings } from '../user-settings.js'
import { reading } from './faults.js'
import type { Writer } from './writer.js'

/** Hundreds of saved searches; whoever may log in must not fill the disk. */
const MOST_BYTES = 64 * 1024

export function createUserSettings(db: Database.Database, writer: Writer): UserSettings {
  const statement = {
    get: db.prepare<[string], string>('SELECT attributes FROM user_settings WHERE who = ?').pluck(),
    save: db.prepare(
      `INSERT INTO user_settings (who, attributes) VALUES (?, ?)
       ON CONFLICT (who) DO UPDATE SET attributes = excluded.attributes`,
    ),
  }
  const read = (who: string): Settings => JSON.parse(statement.get.get(who) ?? '{}') as Settings

  return {
    get: async (who) => reading(() => read(who)),
    merge: (who, changes) =>
      writer.run(() => {
        const text = JSON.stringify(mergeSettings(read(who), changes))
        if (Buffer.byteLength(text) > MOST_BYTES) return 'too large'
        statement.save.run(who, text)
        return 'merged'
      }),
  }
}
