import type { Context } from 'hono'
import type { LoginTokens } from '../auth/login-token.js'
import { readOffered } from '../auth/offered.js'
import type { IngressEnv } from './env.js'
import { Refused } from './refused.js'

export interface UserinfoDeps {
  readonly tokens?: LoginTokens | undefined
  readonly baseUrl: string
}

/** GET /userinfo, behind a gate: whose bearer token it is. As at Alerta, other credentials are no answer to that. */
export function createUserinfo({ tokens, baseUrl }: UserinfoDeps) {
  return async (c: Context<IngressEnv>): Promise<Response> => {
    const { authorization } = c.env.incoming.headers
    const offered = readOffered({ authorization, xApiKey: undefined, queryApiKey: undefined })
    if (offered.kind !== 'bearer') throw new Refused(401, 'Missing authorization Bearer token')
    const { pwd: _, ...claims } = (await tokens?.read(offered.value)) ?? { pwd: '' }
    return c.json(Object.keys(claims).length > 0 ? claims : configured(c, baseUrl))
  }
}

/** A token out of the configuration says nothing itself. */
function configured(c: Context<IngressEnv>, baseUrl: string): object {
  const { name, scopes, customers } = c.get('principal')
  return {
    ...{ iss: `${baseUrl}/`, typ: 'Bearer', sub: name, aud: baseUrl, name, preferred_username: name },
    ...{ provider: 'token', scope: scopes.join(' ') },
    ...(customers.length === 0 ? {} : { customers }),
  }
}
