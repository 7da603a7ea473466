import type { Context, Hono } from 'hono'
import { routePath } from 'hono/route'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Config } from '../config/schema.js'
import type { AlertReads } from '../store/alert-reads.js'
import { send } from './answers.js'
import { createConvertWebhook } from './convert-webhook.js'
import type { Entrance } from './entrance.js'
import type { IngressEnv } from './env.js'
import { createReceiveAlert, type ReceiveDeps } from './receive-alert.js'
import { createReceiveWebhook, type WebhookRequest } from './receive-webhook.js'
import { Refused } from './refused.js'
import { webhookPathOf } from './webhook-path.js'

const PATTERN = '/webhooks/:name/*'

export interface MountWebhooksDeps extends ReceiveDeps {
  readonly config: Config
  readonly alerts: Pick<AlertReads, 'page'>
  readonly room: () => 'ok' | 'disk low'
  readonly log: Log
  readonly counters: Counters
}

/** GET and POST /webhooks/<name>, with whatever follows; bodies of any type. */
export function mountWebhooks(api: Hono<IngressEnv>, entrance: Entrance, deps: MountWebhooksDeps): void {
  const { webhooks } = deps.config
  const rules = { environment: webhooks.environment, normalSeverity: deps.rules.normalSeverity }
  const convert = createConvertWebhook({ ...deps, rules, receiveAlert: createReceiveAlert(deps) })
  const receive = createReceiveWebhook({ ...deps, webhooks, convert })
  api.on(['GET', 'POST'], PATTERN, async (c) => {
    const request = requestOf(c, webhooks.custom)
    const answer = await entrance.visit(c, 'write:webhooks', (visit) => receive(visit, request), 'any type')
    return send(c, answer)
  })
}

function requestOf(c: Context<IngressEnv>, custom: readonly string[]): WebhookRequest {
  const { incoming } = c.env
  const prefix = routePath(c).slice(0, -PATTERN.length)
  const found = webhookPathOf(incoming.url ?? '', prefix, custom)
  if (found === undefined) throw new Refused(404, 'not found')
  return { ...found, contentType: incoming.method === 'GET' ? null : typeOf(incoming.headers['content-type']) }
}

/** What HTTP takes a body for that says nothing of itself (RFC 9110, 8.3). */
const typeOf = (contentType: string | undefined): string => contentType?.trim() || 'application/octet-stream'
