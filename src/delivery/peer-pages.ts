import type { PeerReader } from '../egress/peer-reader.js'
import type { PeerAlert } from '../model/ledger.js'

export type PeerPages =
  /** `first`: what it told before does not count any more */
  | {
      readonly kind: 'page'
      readonly first: boolean
      readonly alerts: readonly PeerAlert[]
      readonly read: number
      /** how many it says there are */
      readonly told: number
    }
  /** as of Read: to ask again soon is of no use, or it may be */
  | { readonly kind: 'unreadable' | 'failed'; readonly why: string }

/** A peer whose alerts become fewer all the time is believed the third time. */
const TRIES = 3
/** While it is read it may get more; one that gives the same again whatever page is asked for would never end. */
const mostOf = (told: number): number => Math.min(2 * told + 1_000, MOST_ALERTS)
/** More than a relay can compare. */
const MOST_ALERTS = 10_000_000

/**
 * All alerts of a peer, page by page. Where there were fewer than on the page before, some have moved up a page unseen:
 * then it begins again. The last value is no page where it did not come to its end.
 */
export async function* readPeer(
  reader: Pick<PeerReader, 'page'>,
  signal: AbortSignal,
): AsyncGenerator<PeerPages, void, void> {
  let before: string | undefined
  for (let tries = 1, page = 1, read = 0, told = 0; ; page += 1) {
    const asked = await reader.page(page, signal)
    if (asked.kind !== 'read') {
      yield asked
      return
    }
    const { alerts, more, total } = asked.value
    if (total !== undefined && total < told && tries < TRIES) {
      tries += 1
      page = 0
      read = 0
      told = 0
      before = undefined
      continue
    }
    read += alerts.length
    told = total ?? read
    const first = alerts[0]?.id
    if ((first !== undefined && first === before) || read > mostOf(told)) {
      yield { kind: 'unreadable', why: 'it tells the same alerts again and again, or more than it says it has' }
      return
    }
    before = first
    yield { kind: 'page', first: page === 1, alerts, read, told }
    if (!more || alerts.length === 0) return
  }
}
