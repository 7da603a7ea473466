import { label } from '../auth/principal.js'
import type { AuthConfig } from '../config/auth.js'

export interface CustomerLookup {
  readonly id: string
  /** the credential, as logs call it */
  readonly match: string
  readonly customer: string
}

/**
 * Which credential is bound to which customer, as Alerta lists its lookups (alerta/models/customer.py); to one who is
 * bound to customers, theirs only.
 */
export function createCustomerLookups({ api_keys, hmac, tokens, users }: AuthConfig) {
  const bound = [
    ...api_keys.map(({ text, customers }, i) => ({ match: label('key', text, i), customers })),
    ...hmac.map(({ key, customers }) => ({ match: `hawk ${key}`, customers })),
    ...tokens.map(({ text, customers }, i) => ({ match: label('token', text, i), customers })),
    ...users.map(({ username, customers }) => ({ match: `user ${username}`, customers })),
  ]
  const lookups = bound.flatMap(({ match, customers }) =>
    customers.map((customer): CustomerLookup => ({ id: `${match} ${customer}`, match, customer })),
  )
  return (customers: readonly string[]): readonly CustomerLookup[] =>
    lookups.filter(({ customer }) => customers.length === 0 || customers.includes(customer))
}
