import type { HttpBindings } from '@hono/node-server'

/** What every route of the relay has: node's request and response, and the id of the request. */
export interface IngressEnv {
  Bindings: HttpBindings
  Variables: {
    requestId: string
    /** behind a gate: the credential's; none: it is bound to none */
    customers: readonly string[]
  }
}
