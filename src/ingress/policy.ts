import type { Config } from '../config/schema.js'
import type { AlertFields } from '../model/alert.js'

/** Enough to tell what was meant. */
const REPEATED = 64

/** What the site does not take, as Alerta's reject plugin says it; undefined: nothing. */
export type Policy = (alert: Pick<AlertFields, 'environment' | 'service' | 'origin'>) => string | undefined

/** Regular expressions as in Alerta: an environment must match in full, an origin from its beginning. */
export function createPolicy(reject: Config['reject']): Policy {
  const environments = reject.allowed_environments.map((pattern) => new RegExp(`^(?:${pattern})$`))
  const origins = reject.origin_blacklist.map((pattern) => new RegExp(`^(?:${pattern})`))
  return (alert) => {
    const { origin } = alert
    if (origin !== null && origins.some((pattern) => pattern.test(origin))) {
      return `[POLICY] Alert origin '${origin.slice(0, REPEATED)}' has been blacklisted`
    }
    if (environments.length > 0 && !environments.some((pattern) => pattern.test(alert.environment))) {
      return `[POLICY] Alert environment does not match one of ${reject.allowed_environments.join(', ')}`
    }
    if (reject.require_service && alert.service.length === 0) return '[POLICY] Alert must define a service'
    return undefined
  }
}
