import type Database from 'better-sqlite3'
import type { Draft } from '../../../model/message.js'
import type { Appended } from '../../appended.js'
import type { Decide, LedgerRules } from '../../contract.js'
import type { Moves } from '../../moves.js'
import { reading } from '../faults.js'
import type { AlertIds } from '../index/alert-ids.js'
import type { Marks } from '../index/marks.js'
import type { EndDelivery } from '../outbox/end-delivery.js'
import type { Journal } from '../outbox/journal.js'
import type { Queues } from '../outbox/queues.js'
import type { Resend } from '../outbox/resend.js'
import type { Heartbeats } from '../upkeep/heartbeats.js'
import type { Tx, Writer } from '../writer.js'
import { createExport } from './export.js'
import { createImport } from './import.js'
import { createMove } from './move.js'
import { createPlacing } from './place.js'
import { createSkip } from './skip.js'
import { createWalk } from './waiting.js'

export interface MovesDeps {
  readonly db: Database.Database
  readonly writer: Writer
  readonly queues: Queues
  readonly journal: Journal
  readonly resend: Resend
  readonly marks: Marks
  readonly alertIds: AlertIds
  readonly heartbeats: Heartbeats
  readonly endDelivery: EndDelivery
  readonly decide: Decide
  readonly appending: (decide: Decide) => (tx: Tx, draft: Draft) => Appended
  readonly rules: LedgerRules
}

export function createMoves(deps: MovesDeps): Moves {
  const { db, writer, queues, alertIds, endDelivery, rules } = deps
  const { byName } = queues
  const walk = createWalk(db, alertIds)
  const placing = createPlacing(deps)
  const move = createMove({ ...deps, walk, placing })
  const skip = createSkip(db, endDelivery)
  const exported = createExport(db, rules)
  const takeIn = createImport({ ...deps, placing })

  return {
    move: (from, to, slice) => writer.run((tx) => move(tx, byName(from), byName(to), slice)),
    discard: (destination, { dryRun, now, ...slice }, why) =>
      writer.run((tx) => {
        const queue = byName(destination)
        const sum = { discarded: 0, bytes: 0 }
        const walked = walk(queue, slice, ({ seq, bytes }) => {
          const ending = { state: 'discarded', note: why, status: null, tried: undefined, bytes } as const
          if (!dryRun) endDelivery(tx, queue, seq, ending, now)
          sum.discarded += 1
          sum.bytes += bytes
          return true
        })
        return { ...sum, ...walked }
      }),
    culprit: async (destination) => reading(() => skip.culprit(byName(destination))),
    skip: (destination, messageId, why, now) =>
      writer.run((tx) => skip.skip(tx, byName(destination), messageId, why, now)),
    export: async (destination, what, after) => reading(() => exported(byName(destination), what, after)),
    import: (destination, exportId, lines, now) =>
      writer.run((tx) => takeIn(tx, byName(destination), exportId, lines, now)),
    names: () => queues.all().map(({ name, budget }) => ({ name, configured: budget !== undefined })),
  }
}
