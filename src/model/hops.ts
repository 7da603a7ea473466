import { type Identity, parseIdentity } from './identity.js'

/** A hop as it stands in the header; `identity` is undefined where a peer wrote no absolute URL. */
export interface Hop {
  readonly text: string
  readonly identity: Identity | undefined
}

/** Reads X-Alerta-Loop: several lines count as one, blanks around commas are allowed, empty entries are none. */
export function parseHops(header: string | undefined): readonly Hop[] {
  if (header === undefined) return []
  return header
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ text, identity: parseIdentity(text) }))
}

/** Written without blanks, as Alerta's forwarder does: it tests by substring, not by entry. */
export const formatHops = (hops: readonly Hop[]): string => hops.map((hop) => hop.text).join(',')

/** Two lists are the same path when they name the same servers in the same order. */
export const samePath = (a: readonly Hop[], b: readonly Hop[]): boolean =>
  a.length === b.length && a.every((hop, i) => hopKey(hop) === hopKey(b[i] as Hop))

/** Two lists begin at the same server, the first that passed something on; empty ones begin here. */
export const sameOrigin = (a: readonly Hop[], b: readonly Hop[]): boolean =>
  (a[0] && hopKey(a[0])) === (b[0] && hopKey(b[0]))

/** Exact comparison after normalising; the hop that is one of `identities`, if any. */
export const findHop = (hops: readonly Hop[], identities: ReadonlySet<Identity>): Hop | undefined =>
  hops.find((hop) => hop.identity !== undefined && identities.has(hop.identity))

const hopKey = (hop: Hop): string => hop.identity ?? hop.text
