import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import { findHop } from '../model/hops.js'
import type { Identity } from '../model/identity.js'
import type { Visit } from './entrance.js'
import { Refused } from './refused.js'

/** Twice what browsers and proxies take as a URL: an entry is one, and all entries are stored and sent on. */
const LONGEST_HOP = 4_096

export interface LoopGuardDeps {
  /** all our own */
  readonly identities: ReadonlySet<Identity>
  readonly maxHops: number
  readonly log: Log
  readonly counters: Counters
}

/**
 * Tells what to say to a message that has been here before; undefined: it has not. The text is Alerta's forwarder's, and
 * names us as the sender knows us, for that is how peers tell a loop from a mix-up of identities. `what`: "Alert",
 * "Action ack" … Throws Refused 400 beyond the hop limit.
 */
export type LoopGuard = (visit: Visit, what: string) => string | undefined

export function createLoopGuard(deps: LoopGuardDeps): LoopGuard {
  return (visit, what) => {
    const { hops } = visit
    const own = findHop(hops, deps.identities)
    if (own !== undefined) {
      deps.counters.add('suppressed', 'loop')
      deps.log.info(
        {
          ...{ request: visit.requestId, why: 'loop', hop: own.text, what },
          ...{ hops: hops.map(({ text }) => text), credential: visit.principal.name, sender: visit.sender },
        },
        'message suppressed',
      )
      return `${what} forwarded by (unknown) already processed by ${own.text}`
    }
    if (hops.length > deps.maxHops || hops.some((hop) => hop.text.length > LONGEST_HOP)) {
      deps.counters.add('refused', 'hops')
      throw new Refused(
        400,
        `X-Alerta-Loop has more than ${deps.maxHops} entries, or one too long: no path is like that`,
      )
    }
    return undefined
  }
}
