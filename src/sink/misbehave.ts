import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context, MiddlewareHandler, Next } from 'hono'
import type { ContentfulStatusCode, RedirectStatusCode, StatusCode } from 'hono/utils/http-status'
import type { Clock } from '../base/clock.js'
import { unreachable } from '../base/unreachable.js'
import type { Alerts } from './alerts.js'
import type { Behaviour, Rule } from './behaviour.js'
import { endpointOf } from './describe.js'
import { errorBody, isObject, type SinkEnv, textOf } from './env.js'

const DELAY_MS = 1_000
const SLOW_BODY_MS = 5_000
/** A slow body comes in so many pieces. */
const PIECES = 20
const HTML = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n'

export interface MisbehaveDeps {
  readonly behaviour: Behaviour
  readonly alerts: Alerts
  readonly clock: Clock
}

/** Does wrong what the sink was told to do wrong. */
export function createMisbehave({ behaviour, alerts, clock }: MisbehaveDeps): MiddlewareHandler<SinkEnv> {
  return async (c, next) => {
    const { method, path } = c.req
    const rule = behaviour.take({ method, path, resource: resourceOf(c, alerts) }, clock.now())
    if (rule === undefined) return next()
    c.get('received').behaved = rule.mode
    const answer = await play(rule, c, next, clock)
    if (answer === undefined) return
    // set to nothing first, or the executed request's headers would be mixed in
    c.res = undefined
    c.res = answer
  }
}

/** Actions and deletes are about the resource of the alert that their path names. */
function resourceOf(c: Context<SinkEnv>, alerts: Alerts): string | undefined {
  const json = c.get('json')
  if (isObject(json) && textOf(json.resource) !== '') return textOf(json.resource)
  const id = /^\/alert\/([^/]+)/.exec(endpointOf(c.req.path))?.[1]
  return id === undefined ? undefined : alerts.find(id)?.resource
}

/** Undefined: the answer is the usual one. */
async function play(rule: Rule, c: Context<SinkEnv>, next: Next, clock: Clock): Promise<Response | undefined> {
  const { socket } = c.env.incoming
  const gone = goneSignal(c)
  const execute = rule.execute || rule.mode === 'slow-body'
  if (rule.mode === 'delay') await clock.until(clock.now() + (rule.ms ?? DELAY_MS), gone)
  if (execute || rule.mode === 'delay') await next()
  const retryAfter: Record<string, string> =
    rule.retryAfter === undefined ? {} : { 'Retry-After': String(rule.retryAfter) }
  switch (rule.mode) {
    case 'delay':
      return undefined
    case 'status': {
      const status = (rule.status ?? 503) as ContentfulStatusCode
      return c.json(errorBody(status, 'told to misbehave'), status, retryAfter)
    }
    case 'html':
      return c.html(HTML, (rule.status ?? 200) as ContentfulStatusCode, retryAfter)
    case 'empty':
      return c.body(null, (rule.status ?? 204) as StatusCode, retryAfter)
    case 'redirect':
      return c.redirect('/login', (rule.status ?? 302) as RedirectStatusCode)
    case 'slow-body':
      await drip(c, gone, clock, rule.ms ?? SLOW_BODY_MS)
      return RESPONSE_ALREADY_SENT
    case 'hang':
      if (rule.ms !== undefined) void clock.until(clock.now() + rule.ms, gone).then(() => socket.destroy())
      return RESPONSE_ALREADY_SENT
    case 'reset':
      socket.resetAndDestroy()
      return RESPONSE_ALREADY_SENT
    case 'garbage':
      socket.end('220 mail.example.com ESMTP ready\r\n')
      return RESPONSE_ALREADY_SENT
    default:
      return unreachable(rule.mode)
  }
}

/** Ends every wait for a client that has left, and for all of them when the sink closes. */
function goneSignal(c: Context<SinkEnv>): AbortSignal {
  const gone = new AbortController()
  c.env.outgoing.once('close', () => gone.abort())
  return gone.signal
}

/** Sends the answer in small pieces over `ms`. */
async function drip(c: Context<SinkEnv>, gone: AbortSignal, clock: Clock, ms: number): Promise<void> {
  const { outgoing } = c.env
  const answer = c.res
  const body = Buffer.from(await answer.arrayBuffer())
  const size = Math.max(1, Math.ceil(body.length / PIECES))
  c.get('received').status = answer.status
  outgoing.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'content-length': body.length })
  outgoing.flushHeaders()
  for (let sent = 0; sent < body.length && !gone.aborted; sent += size) {
    await clock.until(clock.now() + ms / PIECES, gone)
    outgoing.write(body.subarray(sent, sent + size))
  }
  outgoing.end()
}
