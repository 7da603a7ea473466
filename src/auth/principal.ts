/** Who signed in and what it may do. The name stands in logs and in the journal: it never holds a secret. */
export interface Principal {
  /** "key first key", "key 2", "hawk mlm1", "user ops", "token 1", "anonymous" */
  readonly name: string
  readonly scopes: readonly string[]
  /** writes are bound to these; empty: to none */
  readonly customers: readonly string[]
  /** another relay: its X-Alerta-Message and the customers it carries are believed */
  readonly peer: boolean
  /** whether the scope algebra applies; without it a principal has exactly its scopes */
  readonly inherits: boolean
}

/** The part that every kind of credential has in the configuration. */
export type Grant = Pick<Principal, 'scopes' | 'customers' | 'peer'>

export function principal(name: string, grant: Grant): Principal {
  return { name, scopes: grant.scopes, customers: grant.customers, peer: grant.peer, inherits: true }
}

/** Nobody signed in: may do what the configuration lists and nothing that would follow from it. */
export function anonymous(scopes: readonly string[]): Principal {
  return { name: 'anonymous', scopes, customers: [], peer: false, inherits: false }
}

/** A key or token is called by its text; one without, by its position in the configuration, counted from 1. */
export const label = (kind: 'key' | 'token', text: string, index: number): string =>
  `${kind} ${text === '' ? index + 1 : text}`
