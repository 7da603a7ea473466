import type Database from 'better-sqlite3'
import type { Filling } from '../../../model/resync.js'
import type { LedgerRules } from '../../contract.js'
import type { Resyncs } from '../../resyncs.js'
import { reading } from '../faults.js'
import type { AlertIds } from '../index/alert-ids.js'
import type { AlertIndex } from '../index/alert-index.js'
import type { Ledger } from '../index/ledger.js'
import type { Marks } from '../index/marks.js'
import type { Queues } from '../outbox/queues.js'
import type { Resend } from '../outbox/resend.js'
import type { Writer } from '../writer.js'
import { createAdopt } from './adopt.js'
import { createComparison } from './compare.js'
import { createPairs } from './pairs.js'
import { createResyncJobs } from './resync.js'
import { createSnapshot } from './snapshot.js'

export interface ResyncsDeps {
  readonly db: Database.Database
  readonly writer: Writer
  readonly queues: Queues
  readonly index: AlertIndex
  readonly alertIds: AlertIds
  readonly marks: Marks
  readonly ledger: Ledger
  readonly resend: Resend
  readonly rules: Pick<LedgerRules, 'ids'>
}

/** Alerts taken in by one transaction, so that accepting never waits long. */
const AT_ONCE = 200

export function createResyncs(deps: ResyncsDeps): Resyncs {
  const { db, writer, queues } = deps
  const { byName } = queues
  const pairs = createPairs(db)
  const snapshot = createSnapshot(db)
  const jobs = createResyncJobs({ ...deps, pairs })
  const comparison = createComparison(db, { pairs, snapshot })
  const adopt = createAdopt(deps)

  return {
    start: (destination, plan, now) => writer.run((tx) => jobs.start(tx, byName(destination), plan, now)),
    get: async (destination) => reading(() => jobs.get(byName(destination))),
    note: (destination, note, tally) => writer.run(() => jobs.note(byName(destination), note, tally)),
    queue: (destination, by, note) => writer.run(() => jobs.queue(byName(destination), by, note)),
    step: (destination, stepping) => writer.run((tx) => jobs.step(tx, byName(destination), stepping)),
    end: (destination, phase, note, now) => writer.run((tx) => jobs.end(tx, byName(destination), phase, note, now)),
    forget: (destination) => writer.run(() => snapshot.forget(byName(destination))),
    listen: (destination, now) => writer.run(() => jobs.readAt(byName(destination), now)),
    async told(destination, alerts) {
      for (const some of slices(alerts)) await writer.run(() => snapshot.add(byName(destination), some))
    },
    compare: async (destination, comparing, place) => reading(() => comparison(byName(destination), comparing, place)),
    async adopt(destination, alerts, now) {
      const counts: Record<Filling, number> = { adopted: 0, known: 0, learned: 0, deleted: 0, unusable: 0 }
      for (const some of slices(alerts)) {
        const fillings = await writer.run(() => some.map((one) => adopt(byName(destination), one, now)))
        for (const filling of fillings) counts[filling] += 1
      }
      return counts
    },
    overflowedAt: (destination) => byName(destination).overflowedAt,
    async hasOpen(destination, before) {
      for (let after = 0; ; ) {
        const open = reading(() => pairs.hasOpen(byName(destination), before, after))
        if (typeof open === 'boolean') return open
        after = open
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

const slices = <T>(all: readonly T[]): (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, i) => all.slice(i * AT_ONCE, (i + 1) * AT_ONCE))
