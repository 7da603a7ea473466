import { z } from 'zod'
import { type Clock, iso } from '../../base/clock.js'
import type { Condition } from '../../model/alert-query.js'
import type { Route } from '../../model/destination.js'
import type { AlertState } from '../../model/ledger.js'
import { standingAt } from '../../model/standing.js'
import type { AlertStory } from '../../model/story.js'
import { QueryTooMuch } from '../../store/alert-reads.js'
import type { Store } from '../../store/contract.js'
import { thereOf } from '../there.js'
import { badRequest } from './errors.js'
import type { Routes } from './routes.js'
import { answerOfSent, type SendDeps } from './send.js'

export interface AlertsDeps extends SendDeps {
  readonly store: Pick<Store, 'alerts' | 'stories'>
  /** those in force */
  readonly routes: () => readonly Route[]
  readonly clock: Pick<Clock, 'now'>
}

/** Each costs a look at what is remembered of it. */
const MOST_LISTED = 100
/** Of each alert, newest first: what is older was overtaken. */
const MESSAGES = 20

const text = z.string().nullable()
const when = z.iso.datetime()
const PLACES = ['in step', 'behind', 'missing', 'not meant for it', 'unknown'] as const
const alertSchema = z.object({
  id: z.string(),
  environment: z.string(),
  resource: z.string(),
  event: z.string(),
  customer: text,
  severity: z.string(),
  status: z.string(),
  text: z.string(),
  value: text,
  service: z.array(z.string()),
  tags: z.array(z.string()),
  duplicateCount: z.int(),
  createTime: when,
  lastReceiveTime: when,
  at: z.array(z.object({ destination: z.string(), is: z.enum(PLACES), why: z.string() })),
})
export type ShownAlert = z.output<typeof alertSchema>

/** Those of Alerta whose effect the ledger knows. */
const ACTIONS = ['ack', 'unack', 'shelve', 'unshelve', 'close', 'open'] as const

/** The alerts that the relay knows of, and where each of them stands at the destinations. */
export function serveAlerts({ read, change }: Routes, { store, routes, send, clock }: AlertsDeps): void {
  function placesOf(story: AlertStory): z.output<typeof alertSchema>['at'] {
    const now = clock.now()
    return routes().map((route) => {
      const { should, has, waiting } = thereOf(story, route.name, undefined, {
        workerOf: () => undefined,
        route,
        now,
        resyncDue: false,
      })
      const is = placeOf(should.is, has.is, waiting.count)
      return {
        destination: route.name,
        is,
        why: is === 'in step' || is === 'behind' || is === 'missing' ? has.why : should.why,
      }
    })
  }

  async function shown(state: AlertState): Promise<ShownAlert> {
    const story = await store.stories.alert(state.id, MESSAGES)
    const { id, environment, resource, event, customer, severity, service, tags, duplicateCount } = state
    return {
      ...{ id, environment, resource, event, severity, duplicateCount },
      customer: customer ?? null,
      status: standingAt(state, clock.now()).status,
      text: String(state.text ?? ''),
      value: state.value === null || state.value === undefined ? null : String(state.value),
      service: [...service],
      tags: [...tags],
      createTime: state.createTime,
      lastReceiveTime: iso(state.lastReceiveTime),
      at: story === undefined || story === 'ambiguous' ? [] : placesOf(story),
    }
  }

  read(
    {
      ...{ path: '/alerts', command: 'list' },
      summary: 'The alerts of the ledger, the one that was heard of last first, and how each destination has them.',
      query: {
        environment: z.string().optional(),
        severity: z.string().optional(),
        status: z.string().optional(),
        text: z.string().min(1).max(1_000).optional(),
        limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(25),
        offset: z.coerce.number().int().min(0).max(100_000).default(0),
      },
      answer: { alerts: z.array(alertSchema), total: z.int(), destinations: z.array(z.string()) },
    },
    async ({ query: { limit, offset, ...asked } }) => {
      const query = { where: whereOf(asked), customers: [] }
      const place = { sort: NEWEST, offset, limit, rawData: false, history: false }
      const [counts, page] = await orTooMuch(async () => {
        const counts = await store.alerts.counts(query)
        return [counts, await store.alerts.page({ ...query, ...place }, counts)] as const
      })
      const alerts: ShownAlert[] = []
      for (const { state } of page) alerts.push(await shown(state))
      const total = counts.reduce((sum, { count }) => sum + count, 0)
      return { alerts, total, destinations: routes().map(({ name }) => name) }
    },
  )
  change(
    {
      ...{ method: 'post', path: '/alerts/{alert}/action', command: 'action', scope: 'write:alerts', code: 201 },
      summary: 'Acts on an alert, here and at every destination that has it, as a sender would.',
      params: { alert: z.string().min(1) },
      body: z.strictObject({
        action: z.enum(ACTIONS),
        text: z.string().max(1_000).default(''),
        timeout: z.int().min(0).optional(),
      }),
      answer: { message: z.string(), alert: z.string(), queued: z.array(z.string()) },
      refusals: { 409: 'the relay does not take it' },
    },
    async ({ params: { alert }, body, operator, note }) => {
      const sent = answerOfSent(await send({ kind: 'action', alertId: alert, body }, operator.name))
      note({ message: sent.message, queued: sent.queued })
      return sent
    },
  )
}

const NEWEST = [{ by: { field: 'lastReceiveTime' }, descending: true }] as const

function placeOf(should: string, has: string, waiting: number): (typeof PLACES)[number] {
  if (waiting > 0 || has === 'not its newest') return 'behind'
  if (should === 'no' || should === 'not any more') return 'not meant for it'
  if (has === 'yes') return 'in step'
  return has === 'no' && should === 'yes' ? 'missing' : 'unknown'
}

interface Asked {
  readonly environment?: string | undefined
  readonly severity?: string | undefined
  readonly status?: string | undefined
  readonly text?: string | undefined
}

/** `text`: in the resource, the event or the text, or how the id begins. */
function whereOf({ text, ...fields }: Asked): Condition {
  const exact = Object.entries(fields).flatMap(([field, value]): Condition[] =>
    value === undefined
      ? []
      : [{ kind: 'text', field: field as 'environment' | 'severity' | 'status', test: { how: 'is', value } }],
  )
  if (text === undefined) return { kind: 'and', of: exact }
  const anywhere = (['resource', 'event', 'text'] as const).map(
    (field): Condition => ({ kind: 'text', field, test: { how: 'contains', value: text } }),
  )
  const any: Condition = { kind: 'or', of: [...anywhere, { kind: 'id', value: text }] }
  return { kind: 'and', of: [...exact, any] }
}

async function orTooMuch<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof QueryTooMuch) throw badRequest(`${error.message}: ask for less`)
    throw error
  }
}
