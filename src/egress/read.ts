import type { PeerAlert } from '../model/ledger.js'

/** What came of asking a peer. `why` is one line, free of secrets once it leaves the reader. */
export type Read<T> =
  | { readonly kind: 'read'; readonly value: T }
  /** a refusal, no such endpoint, another shape: asking again soon brings nothing better */
  | { readonly kind: 'unreadable'; readonly why: string }
  /** no connection, no answer in time, 5xx, busy: later it may work */
  | { readonly kind: 'failed'; readonly why: string }

export interface PeerPage {
  readonly alerts: readonly PeerAlert[]
  readonly more: boolean
  /** of all pages, when this one was read; fewer than before tells that alerts have moved up a page meanwhile */
  readonly total: number | undefined
}

export const unreadable = (why: string): Extract<Read<never>, { kind: 'unreadable' }> => ({ kind: 'unreadable', why })
