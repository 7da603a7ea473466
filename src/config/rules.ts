import { accessProblems, accessWarnings } from './access-rules.js'
import { severityProblems } from './alerts.js'
import { destinationProblems, destinationWarnings } from './destination-rules.js'
import { formatSize } from './format.js'
import { identityWarnings } from './identity-rules.js'
import type { Fault } from './problem.js'
import type { Config } from './schema.js'
import { selfAlertProblems, selfAlertWarnings } from './self-alerts.js'
import { upkeepProblems } from './upkeep.js'

export interface Verdict {
  /** the relay must not start with these */
  readonly problems: readonly Fault[]
  /** it may, but the operator should know */
  readonly warnings: readonly Fault[]
}

/** What the schema cannot see: whether keys that are right by themselves are right together. */
export const judge = (config: Config): Verdict => ({
  problems: [
    ...accessProblems(config),
    ...destinationProblems(config),
    ...severityProblems(config),
    ...upkeepProblems(config),
    ...selfAlertProblems(config),
    ...limitProblems(config),
  ],
  warnings: [
    ...accessWarnings(config),
    ...destinationWarnings(config),
    ...identityWarnings(config),
    ...selfAlertWarnings(config),
  ],
})

function limitProblems({ limits: { body, bodies_in_flight } }: Config): Fault[] {
  if (body <= bodies_in_flight) return []
  const message = `is below limits.body, which is ${formatSize(body)}: a body of that size could never be read`
  return [{ path: ['limits', 'bodies_in_flight'], message }]
}
