import { describe, expect, test } from 'vitest'
import { JSON_TYPE, startIngress } from './server.js'

const NOTIFICATION = {
  version: '4',
  status: 'firing',
  externalURL: 'http://am.example.com:9093',
  alerts: [
    {
      status: 'firing',
      labels: {
        alertname: 'NodeDown',
        instance: 'web01:9100',
        severity: 'critical',
        service: 'Web,Shop',
        job: 'node',
        monitor: 'dc1',
        timeout: '600',
        correlate: 'NodeDown,NodeUp',
        rack: 'r1',
      },
      annotations: {
        summary: '{instance} of {job} is down',
        value: '0',
        runbook: 'http://w/{rack}',
        'team.name': 'ops',
      },
      startsAt: '2026-11-21T09:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prom/graph?g="1"',
    },
  ],
}
const CONVERTING = { webhooks: { convert: ['prometheus', 'grafana'], environment: 'Lab' } }
const sentAs = (draft: unknown) => JSON.parse(String((draft as { body: Buffer }).body)) as Record<string, unknown>

describe('made into alerts', () => {
  test("Alertmanager's notification, as by Alerta's own webhook", async () => {
    const { send, drafts } = await startIngress(CONVERTING)
    const answer = await send('/webhooks/prometheus', { body: NOTIFICATION })
    expect(answer).toMatchObject({
      status: 201,
      json: { status: 'ok', id: expect.any(String), alert: { event: 'NodeDown' } },
    })
    expect(drafts).toHaveLength(1)
    expect(drafts[0]).toMatchObject({ kind: 'alert' })
    expect(sentAs(drafts[0])).toEqual({
      id: answer.json.id,
      createTime: expect.stringMatching(/Z$/),
      resource: 'web01:9100',
      event: 'NodeDown',
      environment: 'Lab',
      severity: 'critical',
      correlate: ['NodeDown', 'NodeUp'],
      service: ['Web', 'Shop'],
      group: 'node',
      value: '0',
      text: 'web01:9100 of node is down',
      tags: ['rack=r1'],
      attributes: {
        startsAt: '2026-11-21T09:00:00Z',
        endsAt: '0001-01-01T00:00:00Z',
        runbook: 'http://w/r1',
        team_name: 'ops',
        externalUrl: 'http://am.example.com:9093',
        moreInfo: '<a href="http://prom/graph?g=&#34;1&#34;" target="_blank">Prometheus Graph</a>',
      },
      origin: 'prometheus/dc1',
      type: 'prometheusAlert',
      timeout: 600,
      rawData: JSON.stringify(NOTIFICATION.alerts[0]),
    })
  })

  test('what is resolved closes', async () => {
    const { send, drafts } = await startIngress(CONVERTING)
    const [alert] = NOTIFICATION.alerts
    await send('/webhooks/prometheus', { body: { alerts: [{ ...alert, status: 'resolved' }] } })
    expect(drafts).toMatchObject([{ alert: { severity: 'normal', event: 'NodeDown', resource: 'web01:9100' } }])
  })

  test('the least that an alert has', async () => {
    const { send, drafts } = await startIngress(CONVERTING)
    await send('/webhooks/prometheus', { body: { alerts: [{ labels: { alertname: 'A' } }] } })
    expect(drafts).toMatchObject([
      {
        alert: {
          resource: 'n/a',
          event: 'A',
          severity: 'warning',
          service: [''],
          group: 'Prometheus',
          origin: 'prometheus/-',
          text: 'WARNING: n/a is A',
        },
      },
    ])
  })

  test('a bad one of a batch does not lose the others', async () => {
    const { send, drafts, lines, counters } = await startIngress({
      ...CONVERTING,
      reject: { allowed_environments: ['Lab'] },
    })
    const labels = (more: object) => ({ labels: { alertname: 'A', instance: 'i', ...more } })
    const alerts = [
      labels({ n: '1' }),
      labels({ environment: 'Mars' }),
      { labels: 'x' },
      labels({ severity: 'fatal' }),
      labels({ n: '2' }),
    ]
    const answer = await send('/webhooks/prometheus', { body: { alerts } })
    expect(answer.status).toBe(201)
    expect(answer.json).toEqual({
      status: 'ok',
      ids: [expect.any(String), expect.any(String)],
      message: '3 rejected',
      rejected: [
        { index: 1, message: expect.stringMatching(/^\[POLICY\]/) },
        { index: 2, message: 'labels and annotations must be objects of texts' },
        { index: 3, message: expect.stringMatching(/^Severity \(fatal\)/) },
      ],
    })
    expect(drafts.map((draft) => 'alert' in draft && draft.alert.tags)).toEqual([['n=1'], ['n=2']])
    expect(counters.snapshot()).toMatchObject({ 'refused.webhook alert': 3 })
    const told = lines.filter(({ text }) => text === 'alert of a webhook refused')
    expect(told.map(({ fields }) => fields.index)).toEqual([1, 2, 3])
  })

  test('a batch of nothing but bad ones is refused with the first reason', async () => {
    const { send } = await startIngress(CONVERTING)
    expect(await send('/webhooks/prometheus', { body: { alerts: [{ labels: {} }, { labels: {} }] } })).toMatchObject({
      status: 400,
      json: { message: 'there is no label alertname' },
    })
  })

  test('a full queue fails the whole, so that Alertmanager sends it again', async () => {
    const { send, results } = await startIngress(CONVERTING)
    results.push({ kind: 'refused', destination: 'mom1', limit: 'rows' })
    const alerts = [{ labels: { alertname: 'A' } }, { labels: { alertname: 'B' } }]
    const answer = await send('/webhooks/prometheus', { body: { alerts } })
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '30'])
  })

  test.each<[string, unknown]>([
    ['no alerts', { status: 'firing' }],
    ['a list', []],
    ['no JSON', '{'],
  ])('%s is a bad request', async (_, body) => {
    const { send } = await startIngress(CONVERTING)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    expect((await send('/webhooks/prometheus', { body: text, headers: JSON_TYPE })).status).toBe(400)
  })

  test('a customer is set only by who may, as in POST /alert', async () => {
    const { send, drafts } = await startIngress({
      ...CONVERTING,
      auth: {
        api_keys: [
          { key: 'hooks', scopes: ['write:webhooks'] },
          { key: 'theirs', scopes: ['write:webhooks'], customers: ['ACME'] },
        ],
      },
    })
    const post = (key: string, customer?: string) =>
      send('/webhooks/prometheus', {
        body: { alerts: [{ labels: { alertname: 'A', ...(customer && { customer }) } }] },
        headers: { Authorization: `Key ${key}` },
      })
    expect((await post('hooks', 'Other')).status).toBe(400)
    expect((await post('theirs', 'Other')).status).toBe(400)
    expect((await post('theirs')).status).toBe(201)
    expect(drafts).toMatchObject([{ alert: { customer: 'ACME' } }])
  })

  test('texts that name labels: what is not a label stays as it was written', async () => {
    const { send, drafts } = await startIngress(CONVERTING)
    const texts = ['{nothing}', '{alertname!r}', '{', '{{x}}', '{alertname.x}', '{toString}']
    const alerts = texts.map((summary, i) => ({ labels: { alertname: `A${i}` }, annotations: { summary } }))
    await send('/webhooks/prometheus', { body: { alerts } })
    expect(drafts.map((draft) => 'alert' in draft && draft.alert.text)).toEqual([
      '{nothing}',
      '{alertname!r}',
      '{',
      '{x}',
      '{alertname.x}',
      '{toString}',
    ])
  })

  test("Grafana's notification, one alert a metric", async () => {
    const { send, drafts } = await startIngress(CONVERTING)
    const body = {
      state: 'alerting',
      ruleId: 7,
      ruleName: 'High load',
      ruleUrl: 'http://grafana/d/1',
      title: '[Alerting] High load',
      message: 'too much',
      tags: { severity: 'minor' },
      evalMatches: [
        { metric: 'web01', value: 93.5, tags: { host: 'web01', 'a.b': 'c' } },
        { metric: 'web02', value: 97, tags: null },
      ],
    }
    const answer = await send('/webhooks/grafana?environment=Prod&service=Web&group=Load', { body })
    expect(answer).toMatchObject({ status: 201, json: { ids: [expect.any(String), expect.any(String)] } })
    expect(drafts).toMatchObject([
      {
        alert: {
          resource: 'web01',
          event: 'High load',
          environment: 'Prod',
          severity: 'minor',
          service: ['Web'],
          group: 'Load',
          value: '93.5',
          text: 'too much',
          attributes: { host: 'web01', a_b: 'c', ruleId: '7' },
          origin: 'Grafana',
          type: 'grafanaAlert',
        },
      },
      { alert: { resource: 'web02', value: '97' } },
    ])
  })

  test("Grafana's rule that is well again closes the alerts that it made", async () => {
    const asked: unknown[] = []
    const state = {
      ...{
        resource: 'web01',
        event: 'High load',
        environment: 'Prod',
        service: ['Web'],
        group: 'Load',
        value: '93',
        tags: [],
      },
      ...{ attributes: { ruleId: '7' }, origin: 'Grafana', type: 'grafanaAlert', timeout: 60, customer: null },
    }
    const { send, drafts } = await startIngress(CONVERTING, {
      alerts: {
        page: async (query) => {
          asked.push(query)
          return [{ state, history: [] }] as never
        },
      },
    })
    const answer = await send('/webhooks/grafana', { body: { state: 'ok', ruleId: 7, title: '[OK] High load' } })
    expect(answer.status).toBe(201)
    expect(JSON.stringify(asked)).toContain('{"kind":"attribute","name":"ruleId","test":{"how":"is","value":"7"}}')
    expect(drafts).toMatchObject([
      {
        alert: {
          resource: 'web01',
          event: 'High load',
          severity: 'normal',
          text: '[OK] High load',
          attributes: { ruleId: '7' },
        },
      },
    ])
  })

  test("Grafana's newer alerting speaks as Alertmanager does", async () => {
    const { send, drafts } = await startIngress(CONVERTING)
    await send('/webhooks/grafana', { body: { ...NOTIFICATION, state: 'alerting', title: '[FIRING:1]' } })
    expect(drafts).toMatchObject([{ alert: { event: 'NodeDown', resource: 'web01:9100' } }])
  })
})

test('a notification whose alerts would fill the memory is refused', async () => {
  const { send, drafts } = await startIngress(CONVERTING)
  const evalMatches = Array.from({ length: 5_000 }, (_, i) => ({ metric: `m${i}`, value: 1, tags: {} }))
  const answer = await send('/webhooks/grafana', { body: { state: 'alerting', ruleName: 'r', evalMatches } })
  expect(answer.status).toBe(413)
  expect(drafts).toEqual([])
})

test('labels that stand in a text again and again are not put together without end', async () => {
  const { send, drafts } = await startIngress(CONVERTING)
  const labels = { alertname: 'NodeDown', a: 'x'.repeat(50_000) }
  const alerts = [{ status: 'firing', labels, annotations: { summary: '{a}'.repeat(20_000) } }]
  expect((await send('/webhooks/prometheus', { body: { ...NOTIFICATION, alerts } })).status).toBe(201)
  expect(String(sentAs(drafts[0]).text)).toMatch(/^(\{a\})+$/)
})
