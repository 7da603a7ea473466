import type Database from 'better-sqlite3'
import { createSetAside } from './damage.js'
import { createGates } from './gates.js'
import { createAlertIds } from './index/alert-ids.js'
import { createAlertIndex } from './index/alert-index.js'
import { createAlertsThere } from './index/alert-there.js'
import { createIdentify } from './index/identify.js'
import { createLedger } from './index/ledger.js'
import { createMarks } from './index/marks.js'
import { createNotes } from './index/notes.js'
import { createWhereabouts } from './index/whereabouts.js'
import { createCrossing } from './outbox/crossing.js'
import { createEndDelivery } from './outbox/end-delivery.js'
import { createJournal } from './outbox/journal.js'
import { createPager } from './outbox/pager.js'
import { createQueues, type QueueState } from './outbox/queues.js'
import { createResend } from './outbox/resend.js'
import { createWindow, type LaneWindow, WINDOW_LIMITS } from './outbox/window.js'
import { createWithdraw } from './outbox/withdraw.js'
import { createReports } from './reads/reports.js'
import type { Epoch } from './start/epoch.js'
import type { SqliteOptions } from './store.js'
import { createHeartbeatStates } from './upkeep/heartbeat-states.js'
import { createHeartbeats } from './upkeep/heartbeats.js'
import { createWriter } from './writer.js'

/** What the store's operations share, each part made once. */
export function createEngine(db: Database.Database, options: SqliteOptions & { readonly epoch: Epoch }) {
  const { rules, clock, onDamage = () => {}, onWithdrawn = () => {}, onCommit = () => {}, arrived = () => 0 } = options
  const queues = createQueues(db, options.destinations)
  const assertThere = createWhereabouts(db.name)
  const beforeCommit = () => {
    assertThere()
    queues.flush()
    options.epoch.beforeCommit()
  }
  const writer = createWriter(db, beforeCommit, { onCommit, monotonic: () => clock.monotonic(), arrived })
  const marks = createMarks(db)
  const alertIds = createAlertIds(db)
  const index = createAlertIndex(db, { ids: alertIds, marks })
  const notes = createNotes(db)
  const ledger = createLedger(db, rules, notes)
  const windows = new Map<QueueState, LaneWindow>()
  const windowOf = (queue: QueueState): LaneWindow => {
    const known = windows.get(queue)
    if (known !== undefined) return known
    const window = createWindow(createPager(db, queue.id), options.windowLimits ?? WINDOW_LIMITS, queue.longestWaitMs)
    windows.set(queue, window)
    return window
  }
  const journal = createJournal(db, { queues, windowOf })
  const resend = createResend({ db, journal, ledger, marks, rules })
  const crossing = createCrossing({ db, marks, resend })
  const endDelivery = createEndDelivery(db, { queues, windowOf })
  const withdraw = createWithdraw(endDelivery, onWithdrawn)
  const gates = createGates(db, onDamage)
  const reports = createReports(db)
  const heartbeats = createHeartbeats(db, queues, withdraw)
  const heartbeatStates = createHeartbeatStates({ db, writer, rules })
  const setAside = createSetAside(db, withdraw, onDamage)
  const there = createAlertsThere({ db, alertIds, ledger })
  const identify = createIdentify({ db, queues, index, alertIds, there, ledger, marks, rules })
  return {
    db,
    rules,
    queues,
    writer,
    marks,
    alertIds,
    index,
    notes,
    ledger,
    journal,
    resend,
    crossing,
    endDelivery,
    withdraw,
    gates,
    reports,
    windows,
    windowOf,
    heartbeats,
    heartbeatStates,
    setAside,
    there,
    identify,
  }
}
