import { z } from 'zod'
import type { DestinationConfig } from '../../config/destination.js'
import { pathBelow } from '../../egress/request.js'
import type { KnownAlert, Verdict } from '../../model/decision.js'
import type { Route } from '../../model/destination.js'
import type { AlertState } from '../../model/ledger.js'
import type { Draft } from '../../model/message.js'
import { explainVerdict } from '../../routing/explain.js'
import type { AlertReads } from '../../store/alert-reads.js'
import type { Foresee } from '../../store/foresee.js'
import { conflict, notFound } from './errors.js'
import type { Routes } from './routes.js'

/** What the way in would make of a body (ingress/rehearse.ts). */
export type Rehearse = (
  body: Buffer,
  loop: string | undefined,
) => Promise<
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  | { readonly kind: 'kept back'; readonly why: string }
  | { readonly kind: 'taken'; readonly draft: Draft }
>

export interface ExplainDeps {
  readonly rehearse: Rehearse
  readonly foresee: Foresee
  readonly alerts: Pick<AlertReads, 'get'>
  /** the body of a POST /alert that says what an alert is now */
  readonly bodyOf: (state: AlertState) => Buffer
  readonly routes: () => readonly Route[]
  /** those in force */
  readonly destinations: () => readonly DestinationConfig[]
}

const body = z.union([
  z.strictObject({ alert: z.record(z.string(), z.unknown()), loop: z.string().optional() }),
  z.strictObject({ id: z.string().min(1), loop: z.string().optional() }),
])

const verdict = z.object({
  destination: z.string(),
  goes: z.boolean(),
  why: z.string(),
  request: z.string(),
  credential: z.string(),
  lane: z.string().nullable(),
  queueFull: z.enum(['refuse', 'resync']).nullable(),
})
const answer = {
  /** what the way in makes of it: taken, refused, kept back */
  ingress: z.enum(['taken', 'refused', 'kept back']),
  httpStatus: z.int(),
  why: z.string().nullable(),
  kind: z.string().nullable(),
  alert: z.looseObject({}).nullable(),
  added: z.array(z.string()),
  /** the relay has this alert already */
  known: z.boolean(),
  verdicts: z.array(verdict),
}

export type Explained = z.input<z.ZodObject<typeof answer>>

/** What would become of an alert if it came in now. Nothing is sent, and nothing is written. */
export function serveExplain({ read }: Routes, deps: ExplainDeps): void {
  const { rehearse, foresee, alerts, bodyOf, routes, destinations } = deps

  async function bytesOf(asked: z.output<typeof body>): Promise<Buffer> {
    if ('alert' in asked) return Buffer.from(JSON.stringify(asked.alert))
    const found = await alerts.get(asked.id, [])
    if (found === undefined) throw notFound(`no alert has the id ${asked.id}`)
    if (found === 'ambiguous') throw conflict(`several alerts have an id that begins with ${asked.id}`)
    return bodyOf(found.state)
  }

  function shown(verdict: Verdict, draft: Draft, known: KnownAlert | undefined, full: 'refuse' | 'resync' | undefined) {
    const route = routes().find(({ name }) => name === verdict.destination) as Route
    const destination = destinations().find(({ name }) => name === verdict.destination)
    const goes = verdict.kind === 'queue' && full === undefined
    return {
      destination: route.name,
      goes,
      why: full === undefined ? explainVerdict(route, verdict, draft, known) : FULL[full],
      request: destination === undefined ? '' : requestOf(destination, draft),
      credential: destination?.auth.type ?? '',
      lane: verdict.kind === 'queue' ? laneOf(route, draft, known) : null,
      queueFull: full ?? null,
    }
  }

  read(
    {
      ...{ method: 'post', path: '/explain', command: 'explain', body, answer },
      summary: 'What would become of an alert if it came in now: nothing is sent, nothing is written.',
      refusals: { 404: 'there is no such alert', 409: 'several alerts have an id that begins so' },
    },
    async ({ body: asked }): Promise<Explained> => {
      const bytes = await bytesOf(asked)
      const rehearsed = await rehearse(bytes, asked.loop)
      if (rehearsed.kind !== 'taken') {
        const httpStatus = rehearsed.kind === 'refused' ? rehearsed.status : 202
        return { ...NOWHERE, ingress: rehearsed.kind, httpStatus, why: rehearsed.why }
      }
      const { draft } = rehearsed
      const foreseen = await foresee(draft)
      if (foreseen === 'ambiguous') throw conflict('several alerts are meant')
      const { decision, known, full } = foreseen
      const taken = {
        kind: draft.kind,
        alert: draft.kind === 'alert' ? { ...draft.alert, id: draft.alertId, rawData: undefined } : null,
        added: draft.kind === 'alert' ? addedTo(bytes, draft) : [],
        known: known?.key !== undefined,
      }
      if (decision.kind !== 'accept') {
        return { ...NOWHERE, ...taken, ingress: 'kept back', httpStatus: 202, why: `it is a ${decision.kind}` }
      }
      const refusing = [...full].find(([, overflow]) => overflow === 'refuse')
      const verdicts = decision.verdicts.map((one) => shown(one, draft, known, full.get(one.destination)))
      if (refusing === undefined) return { ...taken, ingress: 'taken', httpStatus: 201, why: null, verdicts }
      return { ...taken, ingress: 'refused', httpStatus: 503, why: `the queue of ${refusing[0]} is full`, verdicts }
    },
  )
}

const NOWHERE = { kind: null, alert: null, added: [], known: false, verdicts: [] }

const FULL = {
  refuse: 'its queue is full: the sender is refused with 503',
  resync: 'its queue is full: it is left to the resync',
} as const

/** The members that the body does not have, and the one that goes out has. */
function addedTo(given: Buffer, { body }: Draft): string[] {
  const before = JSON.parse(given.toString()) as Record<string, unknown>
  const after = JSON.parse((body ?? '{}').toString()) as Record<string, unknown>
  return Object.keys(after).filter((name) => before[name] === undefined || before[name] === null)
}

function requestOf(destination: DestinationConfig, draft: Draft): string {
  const path = pathBelow(destination, draft.kind === 'heartbeat' ? '/heartbeat' : '/alert')
  return `POST ${new URL(destination.url).origin}${path}`
}

function laneOf({ orderBy }: Route, draft: Draft, known: KnownAlert | undefined): string | null {
  if (draft.kind === 'heartbeat') return `heartbeat ${draft.origin}`
  if (draft.kind !== 'alert') return null
  const { environment, resource, event, customer } = known?.key ?? draft.alert
  const parts = [...(customer === null ? [] : [customer]), environment, resource]
  return (orderBy === 'resource' ? parts : [...parts, event]).join('/')
}
