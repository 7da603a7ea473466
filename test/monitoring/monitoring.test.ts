import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { FAMILIES } from '../../src/management/metrics/families.js'
import { createMeasures } from '../../src/management/metrics/measures.js'
import { page } from '../docs/pages.js'
import { ROOT } from '../house/source.js'
import { serve, stopServing } from '../management/serving.js'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { endPrometheus, needPrometheus, promtool, startPrometheus } from './prometheus.js'

beforeAll(needPrometheus, 240_000)
afterEach(async () => {
  endPrometheus()
  await stopServing()
})

const FOLDER = join(ROOT, 'docs', 'monitoring')
const RULES = join(FOLDER, 'alerta-relay.rules.yml')
const DASHBOARD = JSON.parse(readFileSync(join(FOLDER, 'alerta-relay.dashboard.json'), 'utf8')) as Dashboard

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}
interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly annotations: { readonly runbook: string }
}

const rules = (parse(readFileSync(RULES, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap((one) => one.rules)
/** With what Grafana puts in the place of its variables. */
const queries = DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [
    title,
    expr.replaceAll('$__rate_interval', '1m').replace(/\$(job|instance|destination)/g, '.*'),
  ]),
)

const AWAY = { name: 'away', url: 'http://127.0.0.1:9', backoff: { first: '20ms', ceiling: '50ms' } }
const READER = { 'x-api-key': 'read:management' }

test('promtool finds nothing to complain about in a scrape', async () => {
  const relay = await serve({ destinations: [AWAY] })
  await relay.alert()
  const text = await (await fetch(`${relay.url}/management/metrics`, { headers: READER })).text()
  expect(promtool(['check', 'metrics'], text)).toBe('')
})

test('the rules are rules, and each is tested: quiet, then firing', () => {
  expect(promtool(['check', 'rules', RULES])).toContain(`${rules.length} rules found`)
  expect(promtool(['test', 'rules', join(FOLDER, 'alerta-relay.tests.yml')])).toContain('SUCCESS')
  const tests = parse(readFileSync(join(FOLDER, 'alerta-relay.tests.yml'), 'utf8')) as { tests: { name: string }[] }
  expect(tests.tests.map(({ name }) => name).toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted())
})

test('rules and dashboard ask for nothing that no scrape has', async () => {
  const { histograms } = createMeasures()
  const names = new Set([
    ...Object.keys(FAMILIES),
    ...histograms.flatMap(({ name }) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]),
  ])
  const asked = [...rules.map(({ expr }) => expr), ...queries.map(([, expr]) => expr as string)].flatMap(
    (expr) => expr.match(/\b(alerta|process|nodejs)_\w+/g) ?? [],
  )
  expect(asked.length).toBeGreaterThan(30)
  expect(asked.filter((name) => !names.has(name))).toEqual([])
})

test('every rule says where to read on', () => {
  const operations = page('operations.md')
  const headings = [...operations.matchAll(/^## (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
  const links = rules.map(({ annotations }) => annotations.runbook.replace(/^operations\.md#/, ''))
  expect(links.filter((link) => !headings.includes(link))).toEqual([])
})

test('Prometheus understands every query of the dashboard', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dashboard-'))
  const file = join(dir, 'queries.yml')
  const records = queries.map(([title, expr], i) => ({ record: `query:${i}`, expr, labels: { panel: title } }))
  writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules: records }] }))
  expect(promtool(['check', 'rules', file])).toContain(`${queries.length} rules found`)
})

test('Prometheus scrapes a relay, its number of series stays the same, and a rule fires', async () => {
  const relay = await serve({ destinations: [AWAY] })
  const dir = mkdtempSync(join(tmpdir(), 'rules-'))
  // the same rule, in less than ten minutes
  const hasty = readFileSync(RULES, 'utf8').replaceAll(/for: \w+/g, 'for: 1s')
  writeFileSync(join(dir, 'rules.yml'), hasty)
  cpSync(RULES, join(dir, 'original.yml'))
  writeFileSync(join(dir, 'key'), 'read:management')
  const prometheus = await startPrometheus(await freePort(), {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(dir, 'rules.yml')],
    scrape_configs: [
      {
        job_name: 'alerta-relay',
        metrics_path: '/management/metrics',
        authorization: { type: 'Key', credentials_file: join(dir, 'key') },
        static_configs: [{ targets: [new URL(relay.url).host] }],
      },
    ],
  })
  await relay.alert()
  const firing = await waitFor(
    'the rule to fire',
    () => prometheus.alerts(),
    (alerts) =>
      alerts.some(({ labels, state }) => labels.alertname === 'AlertaRelayDestinationNotFlowing' && state === 'firing'),
    30_000,
  )
  expect(firing.map(({ labels }) => labels.alertname)).not.toContain('AlertaRelayDown')
  const series = async () => (await prometheus.query('scrape_samples_post_metric_relabeling'))[0]?.value
  const before = await series()
  expect(before).toBeGreaterThan(100)
  for (let i = 0; i < 50; i += 1) await relay.alert({ resource: `web${i}` })
  await waitFor(
    'a scrape of what came in',
    () => prometheus.query('alerta_relay_queue_messages{destination="away"}'),
    ([queued]) => (queued?.value ?? 0) >= 50,
  )
  expect(await series()).toBe(before)
  for (const [title, expr] of queries) {
    expect(Array.isArray(await prometheus.query(expr as string)), title).toBe(true)
  }
}, 90_000)
