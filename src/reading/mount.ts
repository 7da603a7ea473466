import type { Env, Hono, MiddlewareHandler } from 'hono'
import type { Clock } from '../base/clock.js'
import { type AlertReads, QueryTooMuch } from '../store/alert-reads.js'
import { type Answering, countAlerts, manyAlerts, oneAlert, type Question } from './alerts.js'
import { customersOf } from './customers.js'
import { environments, groups, services, tags, tops } from './groups.js'
import { alertHistory } from './history.js'
import { alertNotes } from './notes.js'
import { badRequest } from './refusals.js'

export interface ReadingDeps {
  readonly alerts: AlertReads
  readonly baseUrl: string
  readonly clock: Pick<Clock, 'now'>
}

type Answer = (answering: Answering, question: Question) => Promise<object>

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/alerts': manyAlerts,
  '/alerts/count': countAlerts,
  '/alerts/history': alertHistory,
  '/alerts/groups': groups,
  '/alerts/tags': tags,
  '/alerts/top10/count': tops('count'),
  '/alerts/top10/flapping': tops('flapping'),
  '/alerts/top10/standing': tops('standing'),
  '/alerts/topn/count': tops('count'),
  '/alerts/topn/flapping': tops('flapping'),
  '/alerts/topn/standing': tops('standing'),
  '/environments': environments,
  '/services': services,
}

/** Alerta's reading of alerts, out of the ledger; scope read:alerts, of a credential's customers only. */
export function mountReading<E extends Env>(api: Hono<E>, gate: MiddlewareHandler<E>, deps: ReadingDeps): void {
  const answering: Answering = { ...deps, now: () => deps.clock.now() }
  for (const [path, answer] of Object.entries(ANSWERS)) {
    api.get(path, gate, async (c) => {
      const { searchParams: parameters } = new URL(c.req.url)
      return c.json(await told(answer(answering, { parameters, customers: customersOf(c) })))
    })
  }
  api.get('/alert/:id', gate, async (c) =>
    c.json(await told(oneAlert(answering, c.req.param('id') ?? '', customersOf(c)))),
  )
  api.get('/alert/:id/notes', gate, async (c) =>
    c.json(await told(alertNotes(answering, c.req.param('id') ?? '', customersOf(c)))),
  )
}

async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw error instanceof QueryTooMuch ? badRequest(error.message) : error
  }
}
