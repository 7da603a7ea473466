import type { HttpBindings } from '@hono/node-server'
import type { Principal } from '../auth/principal.js'

/** What every route of the relay has: node's request and response, and the id of the request. */
export interface IngressEnv {
  Bindings: HttpBindings
  Variables: {
    requestId: string
    /** behind a gate: the credential's; none: it is bound to none */
    customers: readonly string[]
    /** behind a gate that wants a scope: who signed in */
    principal: Principal
    /** behind a gate that wants a scope: the address it came from */
    sender: string
    /** behind a gate that wants none: the name of who signed in; undefined: nobody did */
    visitor: string | undefined
  }
}
