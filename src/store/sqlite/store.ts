import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Clock } from '../../base/clock.js'
import { ALERTA_SEVERITIES, type Severities } from '../../model/alert.js'
import { severityGroups } from '../../model/alert-query.js'
import type { Arranged, Held } from '../arranged.js'
import {
  type ConfiguredQueue,
  type Decide,
  type LedgerRules,
  type QueueStatus,
  type Settled,
  type Store,
  StoreRefused,
} from '../contract.js'
import { createApiKeys } from './api-keys.js'
import { createAppend } from './append.js'
import { createAudit } from './audit.js'
import type { OnDamage } from './damage.js'
import { createEngine } from './engine.js'
import { asRefusal, reading } from './faults.js'
import { createFill } from './index/fill.js'
import { createFollow } from './index/follow.js'
import { createLedger } from './index/ledger.js'
import { createNotes } from './index/notes.js'
import { lockDatabase } from './lock.js'
import { createMoves } from './moves/moves.js'
import { openDatabase } from './open.js'
import { createAttempts } from './outbox/attempts.js'
import { createClaim } from './outbox/claim.js'
import { createDeadLetters } from './outbox/dead-letters.js'
import { createExpire } from './outbox/expire.js'
import { createFold } from './outbox/fold.js'
import { rescue } from './outbox/rescue.js'
import { createSettle } from './outbox/settle.js'
import type { WindowLimits } from './outbox/window.js'
import type { OnWithdrawn } from './outbox/withdraw.js'
import { createAlertReads } from './reads/alert-reads.js'
import { createForesee } from './reads/foresee.js'
import { createQueueReads } from './reads/queue-reads.js'
import { createStories } from './reads/stories.js'
import { createVitals } from './reads/vitals.js'
import { createResyncs } from './resync/resyncs.js'
import { uuidBytes } from './rows.js'
import { arrange } from './start/arrange.js'
import { type Epoch, openEpoch } from './start/epoch.js'
import { createBlackouts } from './upkeep/blackouts.js'
import { createHousekeeping } from './upkeep/housekeeping.js'
import { createPrune } from './upkeep/prune.js'
import { createUserSettings } from './user-settings.js'
import type { OnCommit } from './writer.js'

export interface SqliteOptions {
  readonly path: string
  /** how long to wait for another process to let go of the database, ms */
  readonly lockWaitMs: number
  readonly destinations: readonly ConfiguredQueue[]
  readonly decide: Decide
  readonly rules: LedgerRules
  readonly clock: Clock
  /** this process among all that ever worked on the database */
  readonly owner: string
  readonly windowLimits?: WindowLimits
  /** for the order of alerts; Alerta's by default */
  readonly severities?: Severities
  /** told of what was found damaged and set aside */
  readonly onDamage?: OnDamage
  /** told of an upgrade that takes its time: the ledger is made from the journal, for so many alerts */
  readonly onFill?: (alerts: number) => void
  /** told of deliveries that ended without an attempt */
  readonly onWithdrawn?: OnWithdrawn
  /** told of destinations that are other ones than the last time */
  readonly onArranged?: (arranged: Arranged) => void
  /** told that all destinations are held, for the database is from the past, or from elsewhere */
  readonly onHeld?: (held: Held) => void
  readonly onCommit?: OnCommit
  /** how much has begun to come in from outside: a commit waits a moment for what that may bring */
  readonly arrived?: () => number
}

/** Opens the SQLite engine: makes the folder, waits for the lock, migrates, returns crashed claims. Throws StoreRefused. */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  try {
    mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 })
    return await openLocked(realPath(options.path), options)
  } catch (error) {
    throw asRefusal(options.path, error)
  }
}

async function openLocked(path: string, options: SqliteOptions): Promise<Store> {
  const unlock = await lockDatabase(path, options.lockWaitMs, options.clock)
  try {
    assertNotRestoring(path)
    const db = openDatabase(path)
    await fillLedger(db, options)
    const now = options.clock.now()
    const epoch = openEpoch(db, { now, onHeld: options.onHeld })
    for (const one of arrange(db, options.destinations, now)) options.onArranged?.(one)
    const store = assemble(db, { unlock, epoch }, options)
    // a look at every queue: where that is not possible, now is the time to say so
    await store.status()
    return store
  } catch (error) {
    unlock()
    throw error
  }
}

/** By whatever links it is reached, one database has one lock. Its folder exists. */
export const realPath = (path: string): string =>
  existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path))

/** What a restore copies, until it has taken the database's place. */
export const restoringOf = (path: string): string => `${path}.restoring`

/** A restore that was killed may have put the database aside, or its log: without them it would be empty, or lack its end. */
function assertNotRestoring(path: string): void {
  if (!existsSync(restoringOf(path))) return
  throw new StoreRefused(
    `a restore of ${path} was broken off: ${restoringOf(path)} is still there`,
    'run restore again; or, where the database is in its place with its -wal file, remove that file',
  )
}

/** Before anything else comes in. */
async function fillLedger(db: Database.Database, { rules, onFill = () => {} }: SqliteOptions): Promise<void> {
  const fill = createFill({ db, ledger: createLedger(db, rules, createNotes(db)), rules })
  if (fill.left() > 0) onFill(fill.left())
  while (fill.next()) await new Promise((resolve) => setImmediate(resolve))
}

function assemble(
  db: Database.Database,
  { unlock, epoch }: { readonly unlock: () => void; readonly epoch: Epoch },
  options: SqliteOptions,
): Store {
  const { owner, rules, clock, severities = ALERTA_SEVERITIES } = options
  rescue(db)
  const engine = createEngine(db, { ...options, epoch })
  const { queues, writer, endDelivery, gates, reports, windows, windowOf, there, identify } = engine
  const follow = createFollow(engine)
  const append = createAppend({ ...engine, follow, decide: options.decide })
  const appending = (decide: Decide) => createAppend({ ...engine, follow, decide })
  const claim = createClaim({ ...engine, fold: createFold(db, engine.withdraw, rules), owner })
  const settle = createSettle({ ...engine, attempts: createAttempts(db), owner })
  const housekeep = createHousekeeping({ ...engine, append })
  const foresee = createForesee({ ...engine, decide: options.decide })
  const expire = createExpire(db, gates, endDelivery)
  const prune = createPrune(db)
  const spend = db.prepare('INSERT INTO nonce (key, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const hurry = db.prepare('UPDATE retry SET not_before = 0 WHERE destination = ? AND not_before > 0')
  const touch = db.prepare('INSERT INTO touched (one, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at')
  const journalled = db.prepare('SELECT 1 FROM message WHERE message_id = ?').pluck()
  const touchedAt = db.prepare<[], number>('SELECT at FROM touched').pluck()

  return {
    append: (draft) => writer.run((tx) => append(tx, draft)),
    isJournalled: async (messageId) => reading(() => journalled.get(uuidBytes(messageId)) !== undefined),
    claim: (destination, limit, now) => claim(queues.byName(destination), limit, now),
    settle: (delivery, settlement, now, attempt) => writer.run((tx) => settle(tx, delivery, settlement, now, attempt)),
    alertOf: async (delivery) => reading(() => there.read(queues.byName(delivery.destination), delivery)),
    learn: (delivery, alias, now) => writer.run(() => identify.learn(delivery, alias, now)),
    identify: (delivery, told, now) => writer.run(() => identify.told(delivery, told, now)),
    gate: async (destination) => reading(() => gates.read(queues.byName(destination))),
    saveGate: (destination, gate, now) => writer.run(() => gates.saveGate(queues.byName(destination), gate, now)),
    saveBreaker: (destination, breaker) => writer.run(() => gates.saveBreaker(queues.byName(destination), breaker)),
    spend: (nonce, expiresAt) => writer.run(() => spend.run(nonce, expiresAt).changes === 1),
    configure: (destinations, apply, undo) =>
      writer.run((tx) => {
        const arranged = arrange(db, destinations, clock.now())
        const relaned = queues.configure(tx, destinations)
        apply()
        tx.onRollback(undo)
        tx.onCommit(() => {
          for (const one of arranged) options.onArranged?.(one)
          for (const queue of relaned) windows.delete(queue)
        })
      }),
    hurry: (destination) =>
      writer.run((tx) => {
        const queue = queues.byName(destination)
        hurry.run(queue.id)
        tx.onCommit(() => windowOf(queue).hurry())
      }),
    expire: (destination, expiry) => writer.run((tx) => expire(tx, queues.byName(destination), expiry)),
    prune: (retention) => writer.run((tx) => prune(tx, retention)),
    depth: (destination) => queues.byName(destination).rows,
    status: async (): Promise<readonly QueueStatus[]> =>
      reading(() =>
        queues
          .all()
          .filter(({ budget, rows }) => budget !== undefined || rows > 0)
          .map((queue) => reports.status(queue)),
      ),
    settled: async (destination, state, limit): Promise<readonly Settled[]> =>
      reading(() => reports.settled(queues.byName(destination), state, limit)),
    alerts: createAlertReads({
      ...engine,
      severities: severityGroups(severities),
      monotonic: () => clock.monotonic(),
    }),
    stories: createStories({ ...engine, monotonic: () => clock.monotonic() }),
    moves: createMoves({ ...engine, decide: options.decide, appending }),
    letters: createDeadLetters(engine),
    heartbeats: engine.heartbeatStates,
    blackouts: createBlackouts(db, writer),
    settings: createUserSettings(db, writer),
    apiKeys: createApiKeys(db, writer),
    audit: createAudit(db, writer),
    vitals: createVitals(db, queues),
    queueReads: createQueueReads(db, queues),
    foresee: async (draft) => reading(() => foresee(draft)),
    tidy: (tidying) => writer.run((tx) => housekeep(tx, tidying)),
    resyncs: createResyncs(engine),
    touch: (now) => writer.run(() => void touch.run(now)),
    touchedAt: async () => reading(() => touchedAt.get()),
    async close() {
      await writer.drain()
      epoch.close()
      db.close()
      unlock()
    },
  }
}
