import { LRUCache } from 'lru-cache'

/** Who sent a request: a credential by its name, or the kind of one that was refused, and from where. Never a secret. */
export interface Asking {
  /** "key first key", "hawk mlm1"; of a credential that was not let in only its kind: "key", "basic", "none" */
  readonly credential: string
  /** it was let in */
  readonly known: boolean
  readonly address: string
}

/** What one sender has done since the start of the relay. */
export interface SenderCounts extends Asking {
  /** an address of the credential's: the last one */
  readonly address: string
  /** tells it from all others */
  readonly key: string
  readonly accepted: number
  /** by the status of the answer */
  readonly refused: Readonly<Record<string, number>>
  /** epoch ms */
  readonly lastAt: number
  readonly lastError: { readonly at: number; readonly status: number; readonly why: string } | undefined
}

export interface Senders {
  accepted(who: Asking): void
  refused(who: Asking, status: number, why: string): void
  /** The one that was heard of last comes first. */
  all(): readonly SenderCounts[]
}

/** More credentials than a site has, and room for those who try others; the one that was silent the longest is forgotten. */
export const SENDERS_KEPT = 1_000

interface Entry {
  address: string
  accepted: number
  readonly refused: Record<string, number>
  lastAt: number
  lastError: SenderCounts['lastError']
}

export function createSenders(now: () => number): Senders {
  const known = new LRUCache<string, Entry & Pick<Asking, 'credential' | 'known'>>({ max: SENDERS_KEPT })

  function entryOf({ credential, known: isKnown, address }: Asking) {
    // those who were refused have nothing else that tells them apart
    const key = isKnown ? credential : `${credential} from ${address}`
    let entry = known.get(key)
    if (entry === undefined) {
      entry = { credential, known: isKnown, address, accepted: 0, refused: {}, lastAt: 0, lastError: undefined }
      known.set(key, entry)
    }
    entry.address = address
    entry.lastAt = now()
    return entry
  }

  return {
    accepted(who) {
      entryOf(who).accepted += 1
    },
    refused(who, status, why) {
      const entry = entryOf(who)
      entry.refused[status] = (entry.refused[status] ?? 0) + 1
      entry.lastError = { at: entry.lastAt, status, why }
    },
    all: () => [...known.entries()].map(([key, { refused, ...entry }]) => ({ ...entry, key, refused: { ...refused } })),
  }
}

/** What each had accepted, by its key. */
export const acceptedBy = (senders: Pick<Senders, 'all'>): Record<string, number> =>
  Object.fromEntries(senders.all().map(({ key, accepted }) => [key, accepted]))
