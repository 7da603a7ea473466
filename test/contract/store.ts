import { afterEach, describe } from 'vitest'
import { alertIndexContract } from './alert-index.js'
import { alertReadsContract } from './alert-reads.js'
import { alertThereContract } from './alert-there.js'
import { createBench, type Engine } from './bench.js'
import { ledgerContract } from './ledger.js'
import { outboxContract } from './outbox.js'
import { resyncContract } from './resync.js'
import { upkeepContract } from './upkeep.js'

/** The promises of the storage seam: an engine is finished when these pass. */
export function storeContract(name: string, createEngine: () => Promise<Engine>): void {
  describe(`${name} keeps the store's promises`, () => {
    const bench = createBench(createEngine)
    afterEach(() => bench.end())
    outboxContract(bench)
    alertIndexContract(bench)
    alertThereContract(bench)
    alertReadsContract(bench)
    upkeepContract(bench)
    resyncContract(bench)
    ledgerContract(bench)
  })
}
