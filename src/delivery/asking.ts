import type { Clock } from '../base/clock.js'
import type { PeerReader } from '../egress/peer-reader.js'
import type { Read } from '../egress/read.js'
import type { PeerAlert } from '../model/ledger.js'

/** Asks one peer about one alert, and spares the question for a while where the peer cannot be read. */
export type Asking = Pick<PeerReader, 'byId' | 'byKey'>

/** A credential that may only write, or a relay without a read API: that changes when somebody changes it. */
const UNREADABLE_MS = 10 * 60_000

export function createAsking(reader: Asking, clock: Clock): Asking {
  let refused: { readonly why: string; readonly at: number } | undefined

  async function ask(question: () => Promise<Read<PeerAlert | undefined>>): Promise<Read<PeerAlert | undefined>> {
    if (refused !== undefined && clock.monotonic() - refused.at < UNREADABLE_MS) {
      return { kind: 'unreadable', why: refused.why }
    }
    const read = await question()
    refused = read.kind === 'unreadable' ? { why: read.why, at: clock.monotonic() } : undefined
    return read
  }

  return {
    byId: (id, signal) => ask(() => reader.byId(id, signal)),
    byKey: (key, signal) => ask(() => reader.byKey(key, signal)),
  }
}
