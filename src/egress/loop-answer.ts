import type { Hop } from '../model/hops.js'
import { type Identity, parseIdentity } from '../model/identity.js'
import type { Outcome } from '../model/outcome.js'

const NAMED = /processed by\s+(https?:\/\/[^\s,"'<>]+)/i
const URLS = /https?:\/\/[^\s,"'<>]+/gi

/**
 * A peer took nothing because it says that the message has been there. True only where it names a hop that the
 * message really passed before us; anything else means that two servers bear one name, and the peer stored nothing.
 */
export function judgeLoop(
  status: number,
  message: string,
  note: string,
  hops: { readonly ours: ReadonlySet<Identity>; readonly sentHops: readonly Hop[] },
): Outcome {
  const text = NAMED.exec(message)?.[1] ?? message.match(URLS)?.at(-1)
  const named = text === undefined ? undefined : parseIdentity(text.replace(/[.;:)\]]+$/, ''))
  if (named !== undefined && !hops.ours.has(named) && hops.sentHops.some((hop) => hop.identity === named)) {
    return { kind: 'suppressed', status, note }
  }
  return { kind: 'suspend', status, note, hint: hintFor(named, hops), probe: 'head' }
}

function hintFor(
  named: Identity | undefined,
  { ours, sentHops }: { readonly ours: ReadonlySet<Identity>; readonly sentHops: readonly Hop[] },
): string {
  if (named === undefined) return 'it stored nothing and does not say why; look into its log'
  if (ours.has(named)) {
    return `the destination calls itself ${named}, which is our own name: give one of the two another base_url`
  }
  const lookalike = sentHops.find((hop) => hop.text.includes(named))
  if (lookalike !== undefined) {
    return `the destination took ${lookalike.text} for its own name ${named}: set base_url of this destination to it`
  }
  return `the destination calls itself ${named}, a name the message never passed: set its base_url here and there`
}
