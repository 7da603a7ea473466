import type { DestinationConfig } from '../config/destination.js'
import { formatHops, type Hop } from '../model/hops.js'
import { parseIdentity } from '../model/identity.js'
import type { Ours } from './ours.js'

type Peer = Pick<DestinationConfig, 'kind' | 'url' | 'base_url' | 'also_known_as'>

/**
 * X-Alerta-Loop: the hops so far and ourselves. Real Alerta looks for its BASE_URL anywhere in the header
 * (alerta/plugins/forwarder.py), so it would drop a message whose hop only begins like it: such a hop is left out.
 */
export function loopHeader(peer: Peer, received: readonly Hop[], ours: Ours): string {
  const last = received.at(-1)?.identity
  const all =
    last !== undefined && ours.identities.has(last)
      ? received
      : [...received, { text: ours.baseUrl, identity: parseIdentity(ours.baseUrl) }]
  if (peer.kind !== 'alerta') return formatHops(all)
  const names = [peer.url, ...(peer.base_url === undefined ? [] : [peer.base_url]), ...peer.also_known_as]
  return formatHops(all.filter((hop) => !looksLike(hop, names)))
}

/** One of the names is a proper part of the hop. A hop that is the peer itself stays: there it shall be found. */
function looksLike(hop: Hop, names: readonly string[]): boolean {
  if (!names.some((name) => hop.text.includes(name) || hop.identity?.includes(name))) return false
  return hop.identity === undefined || !names.some((name) => parseIdentity(name) === hop.identity)
}
