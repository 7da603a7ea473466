import type { Clock } from '../base/clock.js'
import type { PeerReader } from '../egress/peer-reader.js'
import { DIFFERENCES, type DiffLine, type Judge, type Tally } from '../model/resync.js'
import type { Place, Resyncs } from '../store/resyncs.js'
import { readPeer } from './peer-pages.js'

export interface DiffDeps {
  readonly resyncs: Pick<Resyncs, 'forget' | 'told' | 'compare'>
  /** undefined: the peer is not asked, and nothing is known to be there */
  readonly reader: Pick<PeerReader, 'page'> | undefined
  readonly judge: Judge
  readonly clock: Clock
}

/** Reads a peer and compares what it told with the ledger. Changes nothing but the notes that it takes meanwhile. */
export async function* diff(destination: string, deps: DiffDeps, signal: AbortSignal): AsyncGenerator<DiffLine> {
  const { resyncs, reader, clock } = deps
  const readAt = clock.now()
  let read = 0
  if (reader !== undefined) {
    for await (const page of readPeer(reader, signal)) {
      if (page.kind !== 'page') {
        yield { kind: 'failed', why: page.why, canBeRead: page.kind === 'failed' }
        return
      }
      if (page.first) await forgetAll(resyncs, destination)
      await resyncs.told(destination, page.alerts)
      read = page.read
      yield { kind: 'reading', read, told: page.told }
    }
  }
  const tally: Record<string, number> = { read, seen: 0 }
  const add = (name: keyof Tally, more: number) => {
    tally[name] = (tally[name] ?? 0) + more
  }
  let place: Place | undefined
  do {
    const comparing = { judge: deps.judge, read: reader !== undefined, readAt, now: clock.now() }
    const page = await resyncs.compare(destination, comparing, place)
    add('seen', page.seen)
    for (const drift of page.drifts) {
      add(drift.onTheWay ? 'on the way' : drift.difference, 1)
      yield { kind: 'drift', ...drift }
    }
    place = page.next
  } while (place !== undefined && !signal.aborted)
  yield { kind: 'summary', equal: isEqual(tally), tally }
}

/** What the peer told before. */
export async function forgetAll(resyncs: Pick<Resyncs, 'forget'>, destination: string): Promise<void> {
  while (await resyncs.forget(destination));
}

const isEqual = (tally: Tally): boolean => DIFFERENCES.every((difference) => (tally[difference] ?? 0) === 0)
