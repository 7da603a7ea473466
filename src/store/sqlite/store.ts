import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Clock } from '../../base/clock.js'
import { ALERTA_SEVERITIES, type Severities } from '../../model/alert.js'
import { severityGroups } from '../../model/alert-query.js'
import type { Decide, LedgerRules, QueueStatus, Settled, Store } from '../contract.js'
import { createAppend } from './append.js'
import { createSetAside, type OnDamage } from './damage.js'
import { asRefusal, reading } from './faults.js'
import { createGates } from './gates.js'
import { createAlertIds } from './index/alert-ids.js'
import { createAlertIndex } from './index/alert-index.js'
import { createAlertsThere } from './index/alert-there.js'
import { createFill } from './index/fill.js'
import { createFollow } from './index/follow.js'
import { createIdentify } from './index/identify.js'
import { createLedger } from './index/ledger.js'
import { createMarks } from './index/marks.js'
import { createNotes } from './index/notes.js'
import { createWhereabouts } from './index/whereabouts.js'
import { lockDatabase } from './lock.js'
import { openDatabase } from './open.js'
import { createClaim } from './outbox/claim.js'
import { createCrossing } from './outbox/crossing.js'
import { createDeadLetters } from './outbox/dead-letters.js'
import { createEndDelivery } from './outbox/end-delivery.js'
import { createExpire } from './outbox/expire.js'
import { createFold } from './outbox/fold.js'
import { createJournal } from './outbox/journal.js'
import { createPager } from './outbox/pager.js'
import { type ConfiguredQueue, createQueues, type QueueState } from './outbox/queues.js'
import { rescue } from './outbox/rescue.js'
import { createResend } from './outbox/resend.js'
import { createSettle } from './outbox/settle.js'
import { createWindow, type LaneWindow, WINDOW_LIMITS, type WindowLimits } from './outbox/window.js'
import { createWithdraw, type OnWithdrawn } from './outbox/withdraw.js'
import { createAlertReads } from './reads/alert-reads.js'
import { createReports } from './reads/reports.js'
import { createResyncs } from './resync/resyncs.js'
import { uuidBytes } from './rows.js'
import { createBlackouts } from './upkeep/blackouts.js'
import { createHeartbeatStates } from './upkeep/heartbeat-states.js'
import { createHeartbeats } from './upkeep/heartbeats.js'
import { createHousekeeping } from './upkeep/housekeeping.js'
import { createPrune } from './upkeep/prune.js'
import { createUserSettings } from './user-settings.js'
import { createWriter } from './writer.js'

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
    const db = openDatabase(path)
    await fillLedger(db, options)
    const store = assemble(db, unlock, options)
    // a look at every queue: where that is not possible, now is the time to say so
    await store.status()
    return store
  } catch (error) {
    unlock()
    throw error
  }
}

/** By whatever links it is reached, one database has one lock. Its folder exists. */
const realPath = (path: string): string =>
  existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path))

/** Before anything else comes in. */
async function fillLedger(db: Database.Database, { rules, onFill = () => {} }: SqliteOptions): Promise<void> {
  const fill = createFill({ db, ledger: createLedger(db, rules, createNotes(db)), rules })
  if (fill.left() > 0) onFill(fill.left())
  while (fill.next()) await new Promise((resolve) => setImmediate(resolve))
}

function assemble(db: Database.Database, unlock: () => void, options: SqliteOptions): Store {
  const { owner, rules, clock, severities = ALERTA_SEVERITIES, onDamage = () => {}, onWithdrawn = () => {} } = options
  rescue(db)
  const queues = createQueues(db, options.destinations)
  const assertThere = createWhereabouts(db.name)
  const writer = createWriter(db, () => {
    assertThere()
    queues.flush()
  })
  const marks = createMarks(db)
  const alertIds = createAlertIds(db)
  const index = createAlertIndex(db, { ids: alertIds, marks })
  const notes = createNotes(db)
  const ledger = createLedger(db, rules, notes)
  const journal = createJournal(db, queues)
  const resend = createResend({ db, journal, ledger, marks, rules })
  const crossing = createCrossing({ db, marks, resend })
  const endDelivery = createEndDelivery(db, queues)
  const withdraw = createWithdraw(endDelivery, onWithdrawn)
  const gates = createGates(db, onDamage)
  const reports = createReports(db)
  const windows = new Map<QueueState, LaneWindow>()
  const windowOf = (queue: QueueState): LaneWindow => {
    const known = windows.get(queue)
    if (known !== undefined) return known
    const window = createWindow(createPager(db, queue.id), options.windowLimits ?? WINDOW_LIMITS, queue.longestWaitMs)
    windows.set(queue, window)
    return window
  }
  const heartbeats = createHeartbeats(db, queues, withdraw)
  const heartbeatStates = createHeartbeatStates({ db, writer, rules })
  const setAside = createSetAside(db, withdraw, onDamage)
  const there = createAlertsThere({ db, alertIds, ledger })
  const identify = createIdentify({ db, queues, index, alertIds, there, ledger, marks, rules })
  const append = createAppend({
    db,
    journal,
    queues,
    index,
    alertIds,
    marks,
    ledger,
    notes,
    heartbeats,
    heartbeatStates,
    identify,
    follow: createFollow({ db, resend, withdraw }),
    decide: options.decide,
    rules,
  })
  const claim = createClaim({
    db,
    writer,
    alertIds,
    marks,
    notes,
    heartbeats,
    setAside,
    withdraw,
    fold: createFold(db, withdraw, rules),
    crossing,
    rules,
    owner,
    windowOf,
  })
  const settle = createSettle({ db, queues, alertIds, marks, notes, crossing, endDelivery, owner, windowOf })
  const housekeep = createHousekeeping({ db, ledger, append, rules })
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
    settle: (delivery, settlement, now) => writer.run((tx) => settle(tx, delivery, settlement, now)),
    alertOf: async (delivery) => reading(() => there.read(queues.byName(delivery.destination), delivery)),
    learn: (delivery, alias, now) => writer.run(() => identify.learn(delivery, alias, now)),
    identify: (delivery, told, now) => writer.run(() => identify.told(delivery, told, now)),
    gate: async (destination) => reading(() => gates.read(queues.byName(destination))),
    saveGate: (destination, gate, now) => writer.run(() => gates.saveGate(queues.byName(destination), gate, now)),
    saveBreaker: (destination, breaker) => writer.run(() => gates.saveBreaker(queues.byName(destination), breaker)),
    spend: (nonce, expiresAt) => writer.run(() => spend.run(nonce, expiresAt).changes === 1),
    hurry: (destination) =>
      writer.run((tx) => {
        const queue = queues.byName(destination)
        hurry.run(queue.id)
        tx.onCommit(() => windowOf(queue).hurry())
      }),
    expire: (destination, expiry) => writer.run((tx) => expire(tx, queues.byName(destination), expiry)),
    prune: (retention) => writer.run(() => prune(retention)),
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
      db,
      alertIds,
      ledger,
      notes,
      severities: severityGroups(severities),
      monotonic: () => clock.monotonic(),
    }),
    letters: createDeadLetters({ db, writer, queues, journal, resend, rules }),
    heartbeats: heartbeatStates,
    blackouts: createBlackouts(db, writer),
    settings: createUserSettings(db, writer),
    tidy: (tidying) => writer.run((tx) => housekeep(tx, tidying)),
    resyncs: createResyncs({ db, writer, queues, index, alertIds, marks, ledger, resend, rules }),
    touch: (now) => writer.run(() => void touch.run(now)),
    touchedAt: async () => reading(() => touchedAt.get()),
    async close() {
      await writer.drain()
      db.close()
      unlock()
    },
  }
}
