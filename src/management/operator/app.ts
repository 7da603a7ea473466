import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { Clock } from '../../base/clock.js'
import type { Log } from '../../base/log.js'
import { StoreUnavailable } from '../../store/contract.js'
import { serveActivity } from './activity.js'
import type { FeedDeps } from './activity-feed.js'
import { type AlertsDeps, serveAlerts } from './alerts.js'
import { type AuditDeps, serveAudit } from './audit.js'
import { type ConfigurationDeps, serveConfiguration } from './configuration.js'
import { type CountersDeps, serveCounters } from './counters.js'
import { type DestinationsDeps, serveDestinations } from './destinations.js'
import { errorAnswer } from './errors.js'
import { type ExplainDeps, serveExplain } from './explain.js'
import { REQUEST_BYTES } from './export-lines.js'
import { type ExportsDeps, serveExports } from './exports.js'
import { type HistoryDeps, serveHistory } from './history.js'
import { type KeysDeps, serveKeys } from './keys.js'
import { type LogDeps, serveLog } from './log.js'
import { serveMe } from './me.js'
import { type MovesDeps, serveMoves } from './moves.js'
import { isOpen, servePage } from './page.js'
import { type PulseRouteDeps, servePulse } from './pulse.js'
import { type ReloadDeps, serveReload } from './reload.js'
import { type ResyncsDeps, serveResyncs } from './resyncs.js'
import { createRoutes, type Operator, type OperatorEnv } from './routes.js'
import { type ScreensDeps, serveScreens } from './screens.js'
import { type SendDeps, serveSend } from './send.js'
import { type StoriesDeps, serveStories } from './stories.js'
import { type SuppressedDeps, serveSuppressed } from './suppressed.js'
import type { RecordChange } from './trail.js'

/*
 * How to add a route: in a file of its part, management/operator/<part>.ts, that exports `serve<Part>(routes, deps)`, called below:
 *
 *   export function serveParts({ read, change, stream }: Routes, { store }: PartsDeps): void {
 *     change(
 *       {
 *         method: 'post',
 *         path: '/destinations/{destination}/paint',
 *         command: 'paint',                                            // as on the command line
 *         summary: 'Paints a destination.',                            // these make the OpenAPI document
 *         params: { destination: z.string() },
 *         body: z.strictObject({ colour: z.enum(['red', 'blue']) }),   // checked: a 400 says what is wrong
 *         answer: { layers: z.int() },                                 // beside status: 'ok'; the compiler holds you to it
 *         refusals: { 404: 'there is no such destination' },
 *       },
 *       async ({ params, body, note }) => {
 *         const destination = known(params.destination, controls.keys())   // throws the 404; see errors.ts
 *         const layers = await paint(destination, body.colour)
 *         note({ layers })                                             // for log and audit; params and body are there
 *         return { layers }
 *       },
 *     )
 *   }
 *
 * `read` is for what changes nothing, `stream` for JSON lines. A change is logged as 'operator command' and audited by
 * itself: a route's file logs nothing. Its row in docs/http-api.md is the only other place. In tests:
 * `createOperatorApp(deps).request('/destinations', {}, onSocket())`.
 */

export type OperatorDeps = AuditDeps &
  AlertsDeps &
  ConfigurationDeps &
  CountersDeps &
  HistoryDeps &
  PulseRouteDeps &
  SuppressedDeps &
  KeysDeps &
  LogDeps &
  SendDeps &
  DestinationsDeps &
  FeedDeps &
  ExplainDeps &
  ScreensDeps &
  MovesDeps &
  ExportsDeps &
  ReloadDeps &
  ResyncsDeps &
  StoriesDeps & {
    readonly clock: Clock
    /** writes down who changes what */
    readonly record: RecordChange
    readonly version: string
    readonly log: Log
  }

/** The operators' requests; who asks is in the bindings. Alerta's shape of errors. */
export function createOperatorApp(deps: OperatorDeps): OpenAPIHono<OperatorEnv> {
  const { log, record, version } = deps
  const app = new OpenAPIHono<OperatorEnv>()
  const failed = (error: Error): string => {
    log.error({ err: { message: error.message, stack: error.stack } }, 'operator request failed')
    return error instanceof StoreUnavailable ? 'The store cannot be written now' : 'An internal error has occurred'
  }
  app.onError((error, c) => {
    if (error instanceof HTTPException) return errorAnswer(c, error.status, error.message)
    return errorAnswer(c, 500, failed(error))
  })
  app.notFound((c) => errorAnswer(c, 404, `nothing is here: ${c.req.method} ${c.req.path}`))

  app.use(
    bodyLimit({
      maxSize: REQUEST_BYTES,
      onError: (c) => errorAnswer(c, 413, `the body is larger than ${REQUEST_BYTES} bytes`),
    }),
  )
  app.use(async (c, next) => {
    await next()
    // by which a command knows that it speaks to a relay, and to which
    c.header('X-Alerta-Relay', version)
  })
  const routes = createRoutes(app, { failed, record })
  servePage(app, version)
  serveScreens(routes, deps)
  serveActivity(routes, deps)
  serveExplain(routes, deps)
  serveDestinations(routes, deps)
  serveMoves(routes, deps)
  serveExports(routes, deps)
  serveResyncs(routes, deps)
  serveReload(routes, deps)
  serveAudit(routes, deps)
  serveKeys(routes, deps)
  serveLog(routes, deps)
  serveSend(routes, deps)
  serveStories(routes, deps)
  serveMe(routes)
  servePulse(routes, deps)
  serveHistory(routes, deps)
  serveAlerts(routes, deps)
  serveSuppressed(routes, deps)
  serveCounters(routes, deps)
  serveConfiguration(routes, deps)
  return app
}

/** Whoever may open the socket may do all. `claimed`: who they say they are, which nobody has proved. */
export function onSocket(claimed?: string | null): OperatorEnv['Bindings'] {
  const name = /^[\w.@-]{1,64}$/.test(claimed ?? '') ? `operator socket (${claimed})` : 'operator socket'
  return { operator: { ...SOCKET, name } }
}
const SOCKET: Operator = { name: 'operator socket', from: 'socket', allows: () => true }

/** For who answers them over HTTP too. */
export const overHttp = (app: OpenAPIHono<OperatorEnv>) => ({
  fetch: (request: Request, by: OperatorEnv['Bindings']) => app.fetch(request, by),
  isOpen,
})
