import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { SEVERITY_LEVEL } from '../model/alert.js'
import { findHop, parseHops } from '../model/hops.js'
import type { Identity } from '../model/identity.js'
import type { Ids } from '../model/ids.js'
import type { Alerts, SinkAlert } from './alerts.js'
import { errorBody, isObject, type SinkEnv, textOf } from './env.js'

export interface AlertaDeps {
  readonly alerts: Alerts
  readonly ids: Ids
  /** the names that mean this sink in X-Alerta-Loop; asked anew, for a port is known late */
  readonly identities: () => ReadonlySet<Identity>
}

type Members = Readonly<Record<string, unknown>>

/** Alerta's endpoints as far as a forwarder meets them, answered as Alerta 9.1.0 does. */
export function createAlertaRoutes({ alerts, ids, identities }: AlertaDeps): Hono<SinkEnv> {
  const api = new Hono<SinkEnv>()
  const guard = loopGuard(identities)

  api.post('/alert', needJson, guard('Alert'), (c) => {
    const body = membersOf(c)
    const missing = ['resource', 'event'].find((name) => textOf(body[name]) === '')
    if (missing !== undefined) return refuse(c, 400, `Missing mandatory value for "${missing}"`)
    const alert = alerts.receive({
      id: textOf(body.id) || undefined,
      environment: textOf(body.environment),
      resource: textOf(body.resource),
      event: textOf(body.event),
      customer: textOf(body.customer),
      severity: textOf(body.severity, 'normal'),
      status: textOf(body.status, 'open'),
    })
    return c.json({ alert: { ...body, ...shown(alert) }, id: alert.id, status: 'ok' }, 201)
  })
  api.put('/alert/:id/action', needJson, guard('Action'), (c) => {
    const action = textOf(membersOf(c).action)
    if (action === '') return refuse(c, 400, "must supply 'action' as json data")
    const acted = alerts.act(c.req.param('id'), action)
    if (acted === 'done') return c.json({ status: 'ok' })
    return acted === 'not found' ? refuse(c, 404, 'not found') : refuse(c, 409, acted.conflict)
  })
  api.delete('/alert/:id', guard('Delete'), (c) =>
    alerts.remove(c.req.param('id')) ? c.json({ status: 'ok' }) : refuse(c, 404, 'not found'),
  )
  api.get('/alert/:id', (c) => {
    const alert = alerts.find(c.req.param('id'))
    return alert === undefined ? refuse(c, 404, 'not found') : c.json({ status: 'ok', total: 1, alert: shown(alert) })
  })
  api.post('/heartbeat', needJson, (c) => {
    const heartbeat = { ...membersOf(c), id: ids.id(), type: 'Heartbeat' }
    return c.json({ heartbeat, id: heartbeat.id, status: 'ok' }, 201)
  })
  api.get('/alerts/count', (c) => c.json(count(alerts, c.req.queries('id'))))
  api.get('/config', (c) => c.json(CONFIG))
  api.get('/management/gtg', (c) => c.text('OK'))
  return api
}

const refuse = (c: Context<SinkEnv>, status: ContentfulStatusCode, message: string): Response =>
  c.json(errorBody(status, message), status)

const membersOf = (c: Context<SinkEnv>): Members => c.get('json') as Members

const shown = ({ id, severity, status, duplicateCount }: SinkAlert) => ({
  ...{ id, severity, status, duplicateCount },
  repeat: duplicateCount > 0,
  lastReceiveId: id,
  history: [],
})

const needJson: MiddlewareHandler<SinkEnv> = async (c, next): Promise<Response | undefined> => {
  if (!/^application\/json\b/i.test(c.env.incoming.headers['content-type'] ?? '')) {
    return refuse(c, 415, "POST and PUT requests must set 'Content-type' to 'application/json'")
  }
  if (!isObject(c.get('json'))) return refuse(c, 400, 'the body is no JSON object')
  await next()
  return undefined
}

/** Like Alerta's forwarder plugin, but comparing whole hops. */
const loopGuard =
  (identities: () => ReadonlySet<Identity>) =>
  (what: string): MiddlewareHandler<SinkEnv> =>
  (c, next) => {
    const header = c.env.incoming.headers['x-alerta-loop']
    const own = findHop(parseHops(Array.isArray(header) ? header.join(',') : header), identities())
    return own === undefined ? next() : Promise.resolve(passedBefore(c, what, own.text))
  }

const passedBefore = (c: Context<SinkEnv>, what: string, name: string): Response =>
  c.json({ message: `${what} forwarded by (unknown) already processed by ${name}`, status: 'ok' }, 202)

function count(alerts: Alerts, wanted: readonly string[] | undefined) {
  const severityCounts: Record<string, number> = {}
  const statusCounts: Record<string, number> = {}
  let total = 0
  for (const { id, severity, status } of alerts.all()) {
    if (wanted !== undefined && !wanted.includes(id)) continue
    severityCounts[severity] = (severityCounts[severity] ?? 0) + 1
    statusCounts[status] = (statusCounts[status] ?? 0) + 1
    total++
  }
  return { status: 'ok', total, severityCounts, statusCounts, autoRefresh: true }
}

/** What the alerta command line wants to know before it does anything. */
const CONFIG = {
  alarm_model: { name: 'Alerta', severity: SEVERITY_LEVEL },
  auth_required: false,
  client_id: null,
  colors: {},
  provider: 'basic',
  severity: SEVERITY_LEVEL,
  timeouts: { alert: 86_400, heartbeat: 86_400, ack: 0, shelve: 7_200 },
}
