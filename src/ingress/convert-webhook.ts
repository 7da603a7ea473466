import type { AlertState } from '../model/ledger.js'
import type { AlertReads } from '../store/alert-reads.js'
import type { Answer } from './answers.js'
import { type BatchDeps, type Made, receiveBatch } from './batch.js'
import type { Visit } from './entrance.js'
import { fromAlertmanager, type MappingRules } from './from-alertmanager.js'
import { fromGrafana, ruleThatIsOk, textOf } from './from-grafana.js'
import { type JsonObject, parseObject } from './json-object.js'
import type { WebhookRequest } from './receive-webhook.js'
import { Refused } from './refused.js'

export interface ConvertDeps extends BatchDeps {
  readonly rules: MappingRules
  /** the relay's alerts, of which Grafana closes those of a rule */
  readonly alerts: Pick<AlertReads, 'page'>
}

/** Turns the webhooks of Alertmanager and Grafana into alerts; Grafana's newer alerting speaks as Alertmanager does. */
export function createConvertWebhook(deps: ConvertDeps): (visit: Visit, request: WebhookRequest) => Promise<Answer> {
  return async (visit, { name, query }) => {
    const parsed = parseObject(visit.body)
    if (!parsed.ok) throw new Refused(400, parsed.problem)
    const made = await alertsOf(parsed.value, { deps, visit, name, query })
    if (made === undefined) throw new Refused(400, `there are no alerts in this notification of ${name}`)
    return receiveBatch(visit, made, deps)
  }
}

interface Asked {
  readonly deps: ConvertDeps
  readonly visit: Visit
  readonly name: string
  readonly query: URLSearchParams
}

async function alertsOf(
  { fields }: JsonObject,
  { deps, visit, name, query }: Asked,
): Promise<readonly Made[] | undefined> {
  const likeAlertmanager = fromAlertmanager(fields, deps.rules)
  if (likeAlertmanager !== undefined || name === 'prometheus') return likeAlertmanager
  const rule = ruleThatIsOk(fields)
  if (rule === undefined) return fromGrafana(fields, query, deps.rules)
  const known = await deps.alerts.page(ofRule(rule, visit.principal.customers))
  return known.map(({ state }) => ({ alert: wellAgain(state, textOf(fields), deps.rules) }))
}

/** More series than one rule of Grafana tells of. */
const MOST_OF_A_RULE = 1_000

const ofRule = (rule: string, customers: readonly string[]): Parameters<AlertReads['page']>[0] => ({
  where: {
    kind: 'and',
    of: [
      { kind: 'attribute', name: 'ruleId', test: { how: 'is', value: rule } },
      { kind: 'not', of: { kind: 'text', field: 'status', test: { how: 'is', value: 'closed' } } },
    ],
  },
  customers,
  sort: [],
  offset: 0,
  limit: MOST_OF_A_RULE,
  rawData: false,
  history: false,
})

/** The same alert with the severity that closes it. */
const wellAgain = (state: AlertState, text: string, { normalSeverity }: MappingRules) => ({
  resource: state.resource,
  event: state.event,
  environment: state.environment,
  severity: normalSeverity,
  service: state.service,
  group: state.group,
  value: state.value,
  text,
  tags: state.tags,
  attributes: state.attributes,
  origin: state.origin,
  type: state.type,
  timeout: state.timeout,
  ...(state.customer === null ? {} : { customer: state.customer }),
})
