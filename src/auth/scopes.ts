import type { Principal } from './principal.js'

type Action = 'read' | 'write' | 'delete' | 'admin'
/** What a request wants to do: `write:alerts`, `read:management` … */
export type Wanted = `${Action}:${string}`
/** What a credential may have. */
export type Scope = Action | Wanted

/** What an action is also granted by (alerta/models/permission.py): admin may write, and whoever writes may read and delete. */
const GRANTED_BY: Readonly<Record<string, string>> = { read: 'write', write: 'admin', delete: 'write' }

/** Alerta's algebra over `action` and `action:resource`; a principal that inherits nothing has exactly its scopes. */
export function allows(principal: Pick<Principal, 'scopes' | 'inherits'>, wanted: Scope): boolean {
  if (!principal.inherits) return principal.scopes.includes(wanted)
  const [first, resource] = wanted.split(':') as [string, string]
  for (let action: string | undefined = first; action !== undefined; action = GRANTED_BY[action]) {
    if (principal.scopes.includes(action) || principal.scopes.includes(`${action}:${resource}`)) return true
  }
  return false
}
