import { type AlertBody, type Made, madeOf } from './batch.js'
import { isRecord } from './json-object.js'

export interface MappingRules {
  /** where the labels name none */
  readonly environment: string
  /** what closes an alert */
  readonly normalSeverity: string
}

type Texts = Record<string, string>

/**
 * The alerts of an Alertmanager notification (prometheus.io, "webhook_config"), mapped as by Alerta's built-in webhook
 * (alerta/webhooks/prometheus.py, 9.1.0). Undefined: it has none.
 */
export function fromAlertmanager(payload: unknown, rules: MappingRules): readonly Made[] | undefined {
  if (!isRecord(payload) || !Array.isArray(payload.alerts)) return undefined
  const externalUrl = typeof payload.externalURL === 'string' ? payload.externalURL : ''
  return madeOf(payload.alerts, (alert) => makeAlert(alert, externalUrl, rules))
}

function makeAlert(alert: unknown, externalUrl: string, rules: MappingRules): Made {
  const given = isRecord(alert) ? textsOf(alert.labels) : undefined
  const notes = isRecord(alert) ? textsOf(alert.annotations ?? {}) : undefined
  if (!isRecord(alert) || given === undefined || notes === undefined) {
    return { problem: 'labels and annotations must be objects of texts' }
  }
  const labels = mapTexts(given, (text) => filledIn(text, given))
  const annotations = mapTexts(notes, (text) => filledIn(text, labels))
  if (annotations.alertname) labels.alertname = annotations.alertname

  const severity = severityOf(alert.status ?? 'firing', labels, rules)
  const resource = take(labels, 'exported_instance') || (take(labels, 'instance') ?? 'n/a')
  const event = take(labels, 'event') || take(labels, 'alertname')
  if (!event) return { problem: 'there is no label alertname' }
  const environment = take(labels, 'environment') ?? rules.environment
  const customer = take(labels, 'customer')
  const correlate = take(labels, 'correlate')?.split(',')
  const service = (take(labels, 'service') ?? '').split(',')
  const group = take(labels, 'group') || (take(labels, 'job') ?? 'Prometheus')
  const origin = `prometheus/${take(labels, 'monitor') ?? '-'}`
  const timeout = wholeNumber(take(labels, 'timeout'))
  const value = take(annotations, 'value')
  const summary = take(annotations, 'summary')
  const text = take(annotations, 'description') || summary || `${severity.toUpperCase()}: ${resource} is ${event}`
  return {
    alert: {
      resource,
      event,
      environment,
      severity,
      ...(correlate === undefined ? {} : { correlate }),
      service,
      group,
      ...(value === undefined ? {} : { value }),
      text,
      tags: Object.entries(labels).map(([name, label]) => `${name}=${label}`),
      attributes: attributesOf(alert, annotations, externalUrl),
      origin,
      type: 'prometheusAlert',
      ...(timeout === 0 ? {} : { timeout }),
      ...(customer === undefined ? {} : { customer }),
      rawData: JSON.stringify(alert),
    },
  }
}

function severityOf(status: unknown, labels: Texts, { normalSeverity }: MappingRules): string {
  if (status === 'firing') return take(labels, 'severity') ?? 'warning'
  return status === 'resolved' ? normalSeverity : 'unknown'
}

function attributesOf(alert: AlertBody, annotations: Texts, externalUrl: string): Record<string, unknown> {
  const { startsAt, endsAt, generatorURL } = alert
  const found = {
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(endsAt === undefined ? {} : { endsAt }),
    ...annotations,
    ...(externalUrl === '' ? {} : { externalUrl }),
    ...(typeof generatorURL === 'string' ? { moreInfo: link(generatorURL, 'Prometheus Graph') } : {}),
  }
  return storable(found)
}

/** Alerta takes no dot and no dollar in the name of an attribute. */
export const storable = (attributes: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name.replace(/[.$]/g, '_'), value]))

/** The web UI shows attributes as HTML. */
export const link = (url: string, text: string): string =>
  `<a href="${url.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)}" target="_blank">${text}</a>`

function take(texts: Texts, name: string): string | undefined {
  const text = Object.hasOwn(texts, name) ? texts[name] : undefined
  delete texts[name]
  return text
}

/** 0: it is none, and Alerta's own timeout counts. */
const wholeNumber = (text = ''): number => (/^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : 0)

function textsOf(value: unknown): Texts | undefined {
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === 'string')) return undefined
  return { ...(value as Texts) }
}

const mapTexts = (texts: Texts, change: (text: string) => string): Texts =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]))

/** Larger than any text of a label; labels that repeat each other must not grow without end. */
const LONGEST_TEXT = 100_000

/** Puts labels in where a text names them as {label}. One that names something else stays as it is. */
function filledIn(text: string, labels: Texts): string {
  if (!/[{}]/.test(text)) return text
  let known = true
  let length = text.length
  const filled = text.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (whole, name?: string) => {
    if (whole === '{{' || whole === '}}') return whole.charAt(0)
    if (name !== undefined && Object.hasOwn(labels, name)) {
      const label = labels[name] as string
      length += label.length
      // beyond it nothing more is put together: it would only be thrown away
      if (length <= LONGEST_TEXT) return label
    }
    known = false
    return whole
  })
  return known ? filled : text
}
