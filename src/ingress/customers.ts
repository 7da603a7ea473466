import type { Principal } from '../auth/principal.js'
import { allows, type Wanted } from '../auth/scopes.js'

export type Customer =
  | { readonly kind: 'as sent'; readonly customer: string | null }
  /** to be written into the body: whoever is bound to one customer writes for that one */
  | { readonly kind: 'pinned'; readonly customer: string }
  | { readonly kind: 'refused'; readonly problem: string }

/**
 * Whose message it is (alerta/utils/api.py, assign_customer). A peer that is bound to no customer carries them through:
 * the first relay has checked them.
 */
export function decideCustomer(sent: string | null, principal: Principal, admin: Wanted): Customer {
  const { customers, peer } = principal
  if (sent !== null) {
    const allowed = customers.includes(sent) || allows(principal, admin) || (peer && customers.length === 0)
    return allowed ? { kind: 'as sent', customer: sent } : { kind: 'refused', problem: 'not allowed to set customer' }
  }
  const [only, ...others] = customers
  if (only === undefined) return { kind: 'as sent', customer: null }
  if (others.length === 0) return { kind: 'pinned', customer: only }
  return { kind: 'refused', problem: 'customer is missing, and the credential is bound to more than one' }
}
