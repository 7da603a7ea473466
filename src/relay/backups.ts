import { iso, systemClock } from '../base/clock.js'
import { readVersion } from '../base/project.js'
import type { Config } from '../config/schema.js'
import { backUp } from '../store/sqlite/backup/backup.js'
import { restore } from '../store/sqlite/backup/restore.js'

type Database = Pick<Config, 'database_url'>

const pathOf = ({ database_url }: Database): string => database_url.replace(/^sqlite:/, '')

/** Copies a relay's database to a file, whether the relay runs or not. Rejects with StoreRefused. */
export const backUpDatabase = (config: Database, to: string) =>
  backUp({ path: pathOf(config), to, version: readVersion(), at: iso(systemClock.now()) })

/** Puts a backup in the place of a relay's database, while it does not run. Rejects with StoreRefused. */
export const restoreDatabase = (config: Database, backup: string) =>
  restore({ backup, path: pathOf(config), clock: systemClock, at: iso(systemClock.now()) })
