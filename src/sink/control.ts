import { type Context, Hono } from 'hono'
import { prettifyError } from 'zod'
import type { Clock } from '../base/clock.js'
import { type Behaviour, ruleSchema } from './behaviour.js'
import { errorBody, type SinkEnv } from './env.js'
import type { ReceivedList } from './received.js'

export interface ControlDeps {
  readonly received: ReceivedList
  readonly behaviour: Behaviour
  readonly clock: Clock
}

/** How the sink is asked what it got and told what to do wrong: from its own machine only. */
export function createControl({ received, behaviour, clock }: ControlDeps): Hono<SinkEnv> {
  const control = new Hono<SinkEnv>()
  control.use((c, next) => (isLoopback(c.env.incoming.socket.remoteAddress) ? next() : refuse(c)))
  control.get('/requests', (c) => {
    const requests = received.list()
    return c.json({ status: 'ok', total: received.total(), kept: requests.length, requests })
  })
  control.delete('/requests', (c) => {
    received.clear()
    return c.json({ status: 'ok' })
  })
  const rules = (c: Context<SinkEnv>) => c.json({ status: 'ok', rules: behaviour.list(clock.now()) })
  control.get('/behave', rules)
  control.post('/behave', (c) => {
    const rule = ruleSchema.safeParse(c.get('json'))
    if (!rule.success) return c.json(errorBody(400, prettifyError(rule.error)), 400)
    return behaviour.add(rule.data, clock.now()) ? rules(c) : c.json(errorBody(409, 'too many rules'), 409)
  })
  control.delete('/behave', (c) => {
    behaviour.clear()
    return rules(c)
  })
  return control
}

const refuse = (c: Context<SinkEnv>): Promise<Response> =>
  Promise.resolve(c.json(errorBody(403, 'only from loopback'), 403))

const isLoopback = (address = ''): boolean => /^(127\.|::1$|::ffff:127\.)/.test(address)
