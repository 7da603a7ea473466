import { randomBytes } from 'node:crypto'
import { createKeyRing, type KeyRing } from '../auth/key-ring.js'
import { openAuditFile } from '../base/audit-file.js'
import type { Clock } from '../base/clock.js'
import type { Closers } from '../base/closers.js'
import type { Level, Log } from '../base/log.js'
import { createLogLevel, type LogLevel } from '../base/log-level.js'
import type { Config } from '../config/schema.js'
import { createTrail, type RecordChange } from '../management/operator/trail.js'
import type { Ids } from '../model/ids.js'
import type { Store } from '../store/contract.js'

export interface DeskDeps {
  readonly config: Config
  readonly store: Pick<Store, 'apiKeys' | 'audit'>
  readonly closers: Closers
  readonly setLevel: (level: Level) => void
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Log
}

/** What operators work with that outlives a change of the configuration. */
export interface Desk {
  readonly keyRing: KeyRing
  readonly record: RecordChange
  readonly logLevel: LogLevel
  /** A reload that begins with opening the audit file again. */
  reloading<T>(reload: () => Promise<T>): () => Promise<T>
}

/** Throws where log.audit cannot be written. */
export async function createDesk({ config, store, closers, setLevel, ids, clock, log }: DeskDeps): Promise<Desk> {
  const { audit: path } = config.log
  const notWritten = (error: Error) => log.error({ path, error: error.message }, 'audit file not written')
  const file = path === undefined ? undefined : openAuditFile(path, notWritten)
  if (file !== undefined) closers.defer('audit file', () => file.close())
  const kept = await store.apiKeys.list()
  const keyRing = createKeyRing({ kept, keeping: store.apiKeys, randomBytes, ids, clock, log })
  closers.defer('uses of keys', async () => {
    await keyRing.flush().catch((error: Error) => log.debug({ error: error.message }, 'use of a key not written'))
  })
  const logLevel = createLogLevel({ configured: config.log.level, apply: setLevel, clock })
  closers.defer('log level', () => logLevel.stop())
  return {
    keyRing,
    record: createTrail({ audit: store.audit, file, clock, log }),
    logLevel,
    reloading: (reload) => () => {
      file?.reopen()
      return reload()
    },
  }
}
