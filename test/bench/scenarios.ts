import type { Scenario } from './scenario.js'
import { accept, bodies } from './scenarios/accept.js'
import { chains } from './scenarios/chain.js'
import { consoles } from './scenarios/console.js'
import { credentials } from './scenarios/credentials.js'
import { drain, start } from './scenarios/drain.js'
import { endToEnd } from './scenarios/end-to-end.js'
import { isolation } from './scenarios/isolation.js'
import { plains } from './scenarios/plain.js'

/** In the order in which they are run. */
export const SCENARIOS: readonly Scenario[] = [
  plains,
  accept,
  endToEnd,
  isolation,
  chains,
  bodies,
  credentials,
  consoles,
  drain,
  start,
]
