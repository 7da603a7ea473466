import type { WebhooksConfig } from '../config/webhooks.js'
import { type Answer, suppressed } from './answers.js'
import type { Visit } from './entrance.js'
import type { ReceiveDeps } from './receive-alert.js'
import { Refused } from './refused.js'
import type { WebhookPath } from './webhook-path.js'

/** What a webhook is, beside its visit. */
export interface WebhookRequest extends WebhookPath {
  /** of the body; null: it came by GET */
  readonly contentType: string | null
}

type Convert = (visit: Visit, request: WebhookRequest) => Promise<Answer>

export interface ReceiveWebhookDeps extends Pick<ReceiveDeps, 'accept' | 'loopGuard' | 'clock' | 'baseUrl'> {
  readonly webhooks: WebhooksConfig
  /** makes alerts of what `webhooks.convert` names */
  readonly convert: Convert
}

/**
 * POST and GET /webhooks/<name>: passed on as it came, for each Alerta makes of it what it does. Its sender hears that it
 * is stored; ids of alerts there are none yet.
 */
export function createReceiveWebhook(
  deps: ReceiveWebhookDeps,
): (visit: Visit, request: WebhookRequest) => Promise<Answer> {
  const converted: readonly string[] = deps.webhooks.convert
  return async (visit, request) => {
    const { name, path, contentType } = request
    const loop = deps.loopGuard(visit, `Webhook ${name}`)
    if (loop !== undefined) return suppressed(loop)
    if (converted.includes(name) && contentType !== null) return deps.convert(visit, request)
    if (visit.principal.customers.length > 0) {
      throw new Refused(
        403,
        `A credential that is bound to customers cannot send ${name}: its alerts are made elsewhere`,
      )
    }
    const body = contentType === null ? Buffer.alloc(0) : visit.body
    const receipt = await deps.accept(visit, { kind: 'webhook', path, contentType }, body, deps.clock.now())
    if (receipt.kind === 'copy') return suppressed(`Webhook ${name} already processed by ${deps.baseUrl}`)
    return { status: 201, body: { status: 'ok', message: `webhook ${name} accepted` } }
  }
}
