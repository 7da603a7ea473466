import { type AlertBody, type Made, madeOf } from './batch.js'
import { link, type MappingRules, storable } from './from-alertmanager.js'
import { isRecord } from './json-object.js'

/**
 * The alerts of a notification by Grafana's own alerting up to version 8, one for each metric that stands out, mapped as
 * by Alerta's built-in webhook (alerta/webhooks/grafana.py, 9.1.0, with its defaults). Undefined: it tells of none.
 */
export function fromGrafana(
  payload: unknown,
  query: URLSearchParams,
  rules: MappingRules,
): readonly Made[] | undefined {
  if (!isRecord(payload) || payload.state !== 'alerting' || !Array.isArray(payload.evalMatches)) return undefined
  return madeOf(payload.evalMatches, (match) => makeAlert(payload, match, query, rules))
}

/** What the rule that is well again is called; undefined: the notification tells of none. */
export function ruleThatIsOk(payload: unknown): string | undefined {
  if (!isRecord(payload) || payload.state !== 'ok') return undefined
  return payload.ruleId ? String(payload.ruleId) : undefined
}

export const textOf = (payload: AlertBody): string => String(payload.message || (payload.title ?? payload.state))

function makeAlert(payload: AlertBody, match: unknown, query: URLSearchParams, rules: MappingRules): Made {
  const ofMatch = isRecord(match) ? tagsOf(match.tags) : undefined
  const ofRule = tagsOf(payload.tags)
  if (!isRecord(match) || ofMatch === undefined || ofRule === undefined)
    return { problem: 'tags must be objects of texts' }
  // the rule's own word counts most
  const named = { ...Object.fromEntries(query), ...ofMatch, ...ofRule }
  const services = [...query.getAll('service'), ofMatch.service, ofRule.service].filter((name) => name !== undefined)
  const onlyTags = [ofMatch.service, ofRule.service].filter((name) => name !== undefined).length === services.length
  const timeout = /^\d+$/.test(query.get('timeout') ?? '') ? Number(query.get('timeout')) : undefined
  const { ruleId, ruleUrl, imageUrl } = payload
  return {
    alert: {
      resource: match.metric,
      event: payload.ruleName,
      environment: named.environment ?? rules.environment,
      severity: named.severity ?? 'major',
      service: onlyTags ? ['Grafana', ...services] : services,
      group: named.group ?? 'Performance',
      value: String(match.value),
      text: textOf(payload),
      attributes: storable({
        ...left(ofMatch),
        ...left(ofRule),
        ruleId: String(ruleId),
        ...(typeof ruleUrl === 'string' ? { ruleUrl: link(ruleUrl, 'Rule') } : {}),
        ...(typeof imageUrl === 'string' ? { imageUrl: link(imageUrl, 'Image') } : {}),
      }),
      ...(named.customer === undefined ? {} : { customer: named.customer }),
      origin: named.origin ?? 'Grafana',
      type: 'grafanaAlert',
      ...(timeout === undefined ? {} : { timeout }),
      rawData: JSON.stringify(payload),
    },
  }
}

const MEANT = ['environment', 'severity', 'service', 'group', 'customer', 'origin']

const left = (tags: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([name]) => !MEANT.includes(name)))

function tagsOf(tags: unknown): Record<string, string> | undefined {
  if (tags === null || tags === undefined) return {}
  if (!isRecord(tags) || !Object.values(tags).every((tag) => typeof tag === 'string')) return undefined
  return tags as Record<string, string>
}
