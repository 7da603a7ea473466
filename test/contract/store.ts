import { afterEach, describe } from 'vitest'
import { alertIdsContract } from './alert-ids.js'
import { alertIndexContract } from './alert-index.js'
import { alertReadsContract } from './alert-reads.js'
import { alertThereContract } from './alert-there.js'
import { apiKeysContract } from './api-keys.js'
import { auditContract } from './audit.js'
import { createBench, type Engine } from './bench.js'
import { blackoutContract } from './blackouts.js'
import { boundsContract } from './bounds.js'
import { deadLettersContract } from './dead-letters.js'
import { heartbeatContract } from './heartbeats.js'
import { housekeepingContract } from './housekeeping.js'
import { ledgerContract } from './ledger.js'
import { movesContract } from './moves.js'
import { outboxContract } from './outbox.js'
import { overflowContract } from './overflow.js'
import { queueReadsContract } from './queue-reads.js'
import { resendContract } from './resend.js'
import { resyncContract } from './resync.js'
import { storiesContract } from './stories.js'
import { upkeepContract } from './upkeep.js'
import { userSettingsContract } from './user-settings.js'
import { vitalsContract } from './vitals.js'
import { wholeLifeContract } from './whole-life.js'

/** The promises of the storage seam: an engine is finished when these pass. */
export function storeContract(name: string, createEngine: () => Promise<Engine>): void {
  describe(`${name} keeps the store's promises`, () => {
    const bench = createBench(createEngine)
    afterEach(() => bench.end())
    outboxContract(bench)
    boundsContract(bench)
    alertIdsContract(bench)
    alertIndexContract(bench)
    alertThereContract(bench)
    alertReadsContract(bench)
    upkeepContract(bench)
    deadLettersContract(bench)
    movesContract(bench)
    resyncContract(bench)
    resendContract(bench)
    overflowContract(bench)
    ledgerContract(bench)
    wholeLifeContract(bench)
    heartbeatContract(bench)
    blackoutContract(bench)
    housekeepingContract(bench)
    userSettingsContract(bench)
    auditContract(bench)
    apiKeysContract(bench)
    queueReadsContract(bench)
    storiesContract(bench)
    vitalsContract(bench)
  })
}
