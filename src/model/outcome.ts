/** The result of one attempt (DESIGN §4, "An answer counts only in the destination's shape"). */
export type Outcome = { readonly status: number | null; readonly note: string } & (
  | { readonly kind: 'delivered'; readonly alias?: string }
  | { readonly kind: 'suppressed' }
  /** `fault`: whose fault a retry is. A destination's counts for its breaker, a busy one's only pauses it. */
  | { readonly kind: 'retry'; readonly fault: 'destination' | 'busy'; readonly afterMs?: number }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'suspend'; readonly hint: string; readonly probe: Probe }
  | { readonly kind: 'dead'; readonly cause: 'rejected' | 'scope' }
  /**
   * 404 to what is about an alert: it is not known there under that id. `unknown`: it may come in yet; `expected`: it waits to
   * be sent there, or who could tell is away; `lost again`: nothing more can be done about it
   */
  | { readonly kind: 'not found'; readonly alert: 'unknown' | 'expected' | 'lost again' }
)

/** "answered 401: API key is invalid"; a note that tells the status itself, as it is. */
export const inWords = ({ status, note }: Pick<Outcome, 'status' | 'note'>): string =>
  status === null || note.includes(String(status)) ? note : `answered ${status}${note === '' ? '' : `: ${note}`}`

/** It may be the destination's fault, or the item's. */
export const is5xx = (outcome: Outcome): boolean =>
  outcome.kind === 'retry' && outcome.fault === 'destination' && outcome.status !== null && outcome.status >= 500

/** How the relay finds out that a suspended destination is well again: by a harmless request, or by the head delivery. */
export type Probe = 'request' | 'head'
