import type { Clock } from '../base/clock.js'
import type { Config } from '../config/schema.js'
import { shownBlackout } from '../ledger/shown-blackout.js'
import type { Blackout } from '../model/blackout.js'
import type { Ids } from '../model/ids.js'
import type { Blackouts } from '../store/blackouts.js'
import { type Answer, OK } from './answers.js'
import { blackoutChangeProblem, blackoutFields, blackoutProblem } from './blackout.js'
import { decideCustomer } from './customers.js'
import type { Visit } from './entrance.js'
import type { JsonObject } from './json-object.js'
import { readObject } from './receive-alert.js'
import { Refused } from './refused.js'
import { textOr } from './values.js'

export interface BlackoutDeps {
  readonly blackouts: Pick<Blackouts, 'get' | 'save' | 'remove'>
  readonly rules: Pick<Config['blackouts'], 'enabled' | 'duration'>
  readonly clock: Clock
  readonly ids: Ids
  readonly baseUrl: string
}

type Receive = (visit: Visit) => Promise<Answer>

/** POST /blackout. Blackouts are this relay's own: none is passed on, as by Alerta. */
export function createPostBlackout(deps: BlackoutDeps): Receive {
  return async (visit) => {
    mustBeOn(deps)
    const object = readObject(visit.body, blackoutProblem)
    const given = textOr(object, 'id', null)
    if (given !== null && (await deps.blackouts.get(given, [])) !== undefined) throw new Refused(409, 'id is taken')
    const now = deps.clock.now()
    const before = { startTime: now, duration: Math.ceil(deps.rules.duration / 1_000) }
    const decided = { id: given ?? deps.ids.id(), createTime: now }
    const blackout = read(object, visit, before, decided)
    await deps.blackouts.save(blackout)
    const answer = shown(deps, blackout)
    return {
      status: 201,
      body: { status: 'ok', id: blackout.id, ...answer },
      headers: { Location: String(answer.blackout.href) },
    }
  }
}

/** PUT /blackout/:id, with what changes. */
export function createPutBlackout(deps: BlackoutDeps): Receive {
  return async (visit) => {
    mustBeOn(deps)
    const object = readObject(visit.body, blackoutChangeProblem)
    const before = await theirs(deps, visit)
    const blackout = read(object, visit, before, before)
    await deps.blackouts.save(blackout)
    return { status: 200, body: { status: 'ok', ...shown(deps, blackout) } }
  }
}

/** DELETE /blackout/:id. */
export function createDeleteBlackout(deps: BlackoutDeps): Receive {
  return async (visit) => {
    const { id } = await theirs(deps, visit)
    if (!(await deps.blackouts.remove(id))) throw new Refused(404, 'not found')
    return OK
  }
}

/** A blackout that keeps nothing back would be believed in. */
function mustBeOn({ rules }: BlackoutDeps): void {
  if (!rules.enabled) throw new Refused(403, '[POLICY] Blackouts are switched off at this relay (blackouts.enabled)')
}

async function theirs({ blackouts }: BlackoutDeps, { urlId, principal }: Visit): Promise<Blackout> {
  const blackout = await blackouts.get(urlId, principal.customers)
  if (blackout === undefined) throw new Refused(404, 'not found')
  return blackout
}

function read(
  object: JsonObject,
  { principal }: Visit,
  before: Pick<Blackout, 'startTime' | 'duration'> & Partial<Blackout>,
  { id, createTime }: Pick<Blackout, 'id' | 'createTime'>,
): Blackout {
  const sent = Object.hasOwn(object.fields, 'customer') ? textOr(object, 'customer', null) : (before.customer ?? null)
  const decided = decideCustomer(sent, principal, 'admin:blackouts')
  if (decided.kind === 'refused') throw new Refused(400, decided.problem)
  const { customer } = decided
  const blackout = blackoutFields(object, before, { id, createTime, customer, user: principal.name })
  if (typeof blackout === 'string') throw new Refused(400, blackout)
  return blackout
}

const shown = ({ clock, baseUrl }: BlackoutDeps, blackout: Blackout) => ({
  blackout: shownBlackout(blackout, clock.now(), baseUrl),
})
