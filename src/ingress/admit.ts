import type { Principal } from '../auth/principal.js'
import { allows, type Wanted } from '../auth/scopes.js'
import type { Denial, Verdict } from '../auth/verdict.js'
import { Refused } from './refused.js'

/** Who has signed in and may do `wanted`; throws Refused. */
export function admit(verdict: Verdict, wanted: Wanted): Principal {
  if (!verdict.ok) throw refusal(verdict)
  if (allows(verdict.principal, wanted)) return verdict.principal
  throw new Refused(isNobody(verdict.principal) ? 401 : 403, `Missing required scope: ${wanted}`)
}

/** Whoever has a credential; throws Refused. */
export function letIn(verdict: Verdict): Principal {
  if (!verdict.ok) throw refusal(verdict)
  if (isNobody(verdict.principal)) throw new Refused(401, 'Missing authorization API Key or Bearer Token')
  return verdict.principal
}

/** Who has not signed in can do that yet: at a 401 the web UI shows its login page, at a 403 an error. */
export const isNobody = ({ inherits }: Principal): boolean => !inherits

export const refusal = (denial: Denial): Refused => new Refused(denial.status, denial.message, denial.headers)
