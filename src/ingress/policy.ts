import type { Config } from '../config/schema.js'
import type { AlertFields } from '../model/alert.js'

/** What the site does not take, as Alerta's reject plugin says it; undefined: nothing. */
export type Policy = (alert: Pick<AlertFields, 'environment' | 'service'>) => string | undefined

/** Environments are regular expressions that must match in full, as in Alerta. */
export function createPolicy(reject: Config['reject']): Policy {
  const environments = reject.allowed_environments.map((pattern) => new RegExp(`^(?:${pattern})$`))
  return (alert) => {
    if (environments.length > 0 && !environments.some((pattern) => pattern.test(alert.environment))) {
      return `[POLICY] Alert environment does not match one of ${reject.allowed_environments.join(', ')}`
    }
    if (reject.require_service && alert.service.length === 0) return '[POLICY] Alert must define a service'
    return undefined
  }
}
