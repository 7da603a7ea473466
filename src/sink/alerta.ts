import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { type Clock, iso } from '../base/clock.js'
import { SEVERITY_LEVEL } from '../model/alert.js'
import { findHop, parseHops } from '../model/hops.js'
import type { Identity } from '../model/identity.js'
import type { Ids } from '../model/ids.js'
import { alertOf, secondsOf } from './alert-body.js'
import type { Alerts, SinkAlert } from './alerts.js'
import { addChanges } from './changes.js'
import { type SinkEnv, textOf } from './env.js'
import { countBy, pageOf, select } from './listing.js'
import { membersOf, needJson, refuse, userOf } from './request.js'
import { shown } from './shown.js'

export interface AlertaDeps {
  readonly alerts: Alerts
  readonly ids: Ids
  readonly clock: Clock
  /** the names that mean this sink in X-Alerta-Loop; asked anew, for a port is known late */
  readonly identities: () => ReadonlySet<Identity>
  /** what GET /config tells as Alerta tells its BASE_URL; undefined: it tells none */
  readonly endpoint: string | undefined
}

/** Alerta's endpoints as far as a forwarder meets them, answered as Alerta 9.1.0 does. */
export function createAlertaRoutes({ alerts, ids, clock, identities, endpoint }: AlertaDeps): Hono<SinkEnv> {
  const api = new Hono<SinkEnv>()
  const guard = loopGuard(identities)

  const base = (): string => [...identities()][0] ?? ''
  const show = (alert: SinkAlert) => shown(alert, base(), { rawData: true, history: true })

  api.post('/alert', needJson, guard('Alert'), (c) => {
    const body = membersOf(c)
    const missing = ['resource', 'event'].find((name) => textOf(body[name]) === '')
    if (missing !== undefined) return refuse(c, 400, `Missing mandatory value for "${missing}"`)
    const alert = alerts.receive(alertOf(body, clock), textOf(body.id) || undefined, userOf(c))
    return c.json({ alert: show(alert), id: alert.id, status: 'ok' }, 201)
  })
  api.put('/alert/:id/action', needJson, guard('Action'), (c) => {
    const body = membersOf(c)
    const action = textOf(body.action)
    if (action === '') return refuse(c, 400, "must supply 'action' as json data")
    const act = { action, text: textOf(body.text, `${action} operator action`), timeout: secondsOf(body.timeout) }
    const acted = alerts.act(c.req.param('id'), act, userOf(c))
    if (acted === 'done') return c.json({ status: 'ok' })
    return acted === 'not found' ? refuse(c, 404, 'not found') : refuse(c, 409, acted.conflict)
  })
  addChanges(api, { alerts, ids, base, guard })
  api.delete('/alert/:id', guard('Delete'), (c) =>
    alerts.remove(c.req.param('id')) ? c.json({ status: 'ok' }) : refuse(c, 404, 'not found'),
  )
  api.get('/alert/:id', (c) => {
    const alert = alerts.find(c.req.param('id'))
    return alert === undefined ? refuse(c, 404, 'not found') : c.json({ status: 'ok', total: 1, alert: show(alert) })
  })
  api.post('/heartbeat', needJson, (c) => {
    const heartbeat = { ...membersOf(c), id: ids.id(), type: 'Heartbeat' }
    return c.json({ heartbeat, id: heartbeat.id, status: 'ok' }, 201)
  })
  // Alerta answers what the webhook's sender expects; its words for one alert will do
  api.on(['GET', 'POST'], '/webhooks/:name/*', guard('Webhook'), (c) => c.json({ id: ids.id(), status: 'ok' }, 201))
  api.get('/alerts', (c) => {
    const parameters = c.req.queries()
    const selected = select(alerts.all(), parameters)
    if (selected.kind === 'wrong') return refuse(c, 400, selected.why)
    const { alerts: listed, page, pageSize, pages } = pageOf(selected.alerts, parameters)
    if (listed === undefined) return refuse(c, 416, `page out of range: 1-${pages}`)
    const wanted = { rawData: isTrue(c.req.query('show-raw-data')), history: isTrue(c.req.query('show-history')) }
    return c.json({
      status: 'ok',
      ...(listed.length === 0 ? { message: 'not found' } : {}),
      ...{ alerts: listed.map((alert) => shown(alert, base(), wanted)), page, pageSize, pages, more: page < pages },
      lastTime: iso(Math.max(...listed.map((alert) => alert.lastReceiveTime), 0) || clock.now()),
      ...counts(selected.alerts),
    })
  })
  api.get('/alerts/count', (c) => {
    const selected = select(alerts.all(), c.req.queries())
    return selected.kind === 'wrong'
      ? refuse(c, 400, selected.why)
      : c.json({ status: 'ok', ...counts(selected.alerts) })
  })
  api.get('/config', (c) => c.json({ ...CONFIG, ...(endpoint === undefined ? {} : { endpoint }) }))
  api.get('/management/gtg', (c) => c.text('OK'))
  return api
}

/** Alerta's words for it. */
const isTrue = (text = ''): boolean => ['true', 't', '1', 'yes', 'y', 'on'].includes(text.toLowerCase())

const counts = (alerts: readonly SinkAlert[]) => ({
  total: alerts.length,
  severityCounts: countBy(alerts, 'severity'),
  statusCounts: countBy(alerts, 'status'),
  autoRefresh: true,
})

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
