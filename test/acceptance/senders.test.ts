import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../support/ports.js'
import { KEY, killAll, type RelayProcess, startRelay } from './relay.js'

/**
 * What the senders of alerts that are in use put into their requests, and what of an answer each takes for a success; as
 * their own sources say, recorded or typical. The relay's destination is away all the time: no sender may notice.
 */
interface Sender {
  readonly name: string
  readonly method?: 'POST' | 'PUT' | 'GET'
  readonly path: string
  /** how it signs in; some cannot set headers */
  readonly key: 'Key' | 'X-API-Key' | 'query' | 'Bearer'
  readonly type?: string
  readonly body: object | string
  readonly accepts: (status: number, answer: Record<string, unknown>) => boolean
}

let relay: RelayProcess
beforeAll(async () => {
  relay = await startRelay({
    destinations: [{ name: 'away', url: `http://127.0.0.1:${await freePort()}` }],
    config: {
      auth: {
        api_keys: [{ key: KEY, scopes: ['admin'] }],
        tokens: [{ token: KEY, scopes: ['write:alerts'] }],
      },
    },
  })
})
afterAll(killAll)

const any2xx = (status: number): boolean => status >= 200 && status < 300
const only201 = (status: number): boolean => status === 201
const below400 = (status: number): boolean => status < 400
/** The Python client: JSON with status "ok"; what it shows of the alert it reads from these members. */
const sdk = (_: number, { status, id, alert }: Record<string, unknown>): boolean => {
  const told = alert as Record<string, unknown> | undefined
  const dates = ['createTime', 'receiveTime', 'lastReceiveTime'].map((name) => String(told?.[name]))
  const lists = ['service', 'tags', 'correlate', 'history'].every((name) => Array.isArray(told?.[name]))
  const exact = dates.every((date) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(date))
  return status === 'ok' && typeof id === 'string' && lists && exact
}
const NULLS = { id: null, group: null, text: null, rawData: null, customer: null, origin: null, type: null }

const SENDERS: readonly Sender[] = [
  {
    name: 'Python SDK, the alerta command line, with null for what is not set',
    ...{ path: '/alert', key: 'Key', accepts: sdk },
    body: {
      ...NULLS,
      ...{ resource: 'web01', event: 'SdkDown', environment: 'Production', severity: null, value: null },
      ...{
        correlate: [],
        service: [],
        tags: [],
        attributes: {},
        timeout: null,
        createTime: '2026-11-21T09:08:09.664Z',
      },
    },
  },
  {
    name: 'zabbix-alerta',
    ...{ path: '/alert', key: 'Key', accepts: sdk },
    body: {
      ...NULLS,
      ...{ resource: 'zbx01', event: 'system.cpu.load', environment: 'Production', severity: 'major', value: '5.2 %' },
      ...{ service: ['Platform', 'Linux'], tags: ['a', 'b'], correlate: [], attributes: { triggerId: '13' } },
      ...{ timeout: 86_400, type: 'zabbixAlert', origin: 'zabbix/mon01', createTime: '2026-11-21T09:08:09.664Z' },
    },
  },
  {
    name: 'nagios-alerta, which takes 202 for a blackout',
    ...{ path: '/alert', key: 'Key', accepts: (status) => status === 200 || status === 201 },
    body: {
      ...{ origin: 'nagios/mon01', resource: 'web01', event: 'HTTP', group: 'Nagios', severity: 'critical' },
      ...{ environment: 'Production', service: ['Web'], tags: ['check=http'], text: 'CRITICAL', value: '1/3 (Hard)' },
      ...{
        type: 'nagiosServiceAlert',
        rawData: 'rta=0.5ms',
        customer: null,
        attributes: { moreInfo: '<a href="x">x</a>' },
      },
    },
  },
  {
    name: 'nagios-alerta, heartbeat',
    ...{ path: '/heartbeat', key: 'Key', accepts: (status) => status === 200 || status === 201 },
    body: { origin: 'nagios/mon01', type: 'Heartbeat', tags: ['4.0.8'], customer: null },
  },
  {
    name: 'Kapacitor, for which 201 alone is a success',
    ...{ path: '/alert', key: 'Key', accepts: only201 },
    body: {
      ...{ resource: 'cpu:host=srv01', event: 'cpu_alert', group: 'host=srv01', environment: 'Production' },
      ...{ text: 'cpu is CRITICAL', origin: 'Kapacitor', service: ['cpu'], correlate: ['cpu_alert'], value: '93.2' },
      ...{ severity: 'critical', timeout: 0, rawData: { series: [{ name: 'cpu', values: [['t', 93.2]] }] } },
    },
  },
  {
    name: 'Kapacitor with its default prefix and a token',
    ...{ path: '/alert', key: 'Bearer', accepts: only201 },
    body: {
      resource: 'srv02',
      event: 'mem_alert',
      environment: 'Production',
      severity: 'ok',
      rawData: {},
      timeout: 60,
    },
  },
  {
    name: 'InfluxDB Flux',
    ...{ path: '/alert', key: 'Key', accepts: any2xx },
    body: {
      ...{ resource: 'flux01', event: 'free space', environment: '', severity: 'warning', service: [], group: '' },
      ...{
        value: '5',
        text: '',
        tags: [],
        attributes: {},
        origin: 'InfluxDB',
        type: '',
        timestamp: '2026-11-21T09:08:09Z',
      },
    },
  },
  {
    name: 'ElastAlert, whose local time has six digits and a Z',
    ...{ path: '/alert', key: 'Key', accepts: any2xx },
    body: {
      ...{
        resource: 'log01',
        event: 'Too many errors',
        environment: 'Production',
        severity: 'warning',
        timeout: 86_400,
      },
      ...{
        createTime: '2026-11-21T10:08:09.123456Z',
        origin: 'elastalert',
        rawData: 'a match',
        service: ['elastalert'],
      },
      ...{ group: '', tags: [], correlate: [], attributes: {}, text: 't', type: 'elastalert', value: '' },
    },
  },
  {
    name: 'Netdata',
    ...{ path: '/alert', key: 'Key', accepts: (status) => status === 200 || status === 201 },
    body: `{"environment": "Production","service": ["system.load"],"resource": "box.load","event": "load_average_15",
      "severity": "cleared","value": "0.1","text": "15-min load average"}`,
  },
  {
    name: 'Sensu Go, with its key in the address',
    ...{ path: '/alert', key: 'query', accepts: any2xx },
    body: {
      ...{
        resource: 'i-1',
        event: 'check-cpu',
        environment: 'Production',
        severity: 'major',
        correlate: [],
        status: 'open',
      },
      ...{ service: ['Sensu'], group: 'Sensu', value: '1', text: 'CPU', tags: ['proxy'], attributes: { n: 's' } },
      ...{ origin: 'sensu-go/host', type: 'sensuAlert', timeout: 3600, rawData: '{}' },
    },
  },
  {
    name: 'Riemann, with numbers and an object',
    ...{ path: '/alert', key: 'Key', accepts: below400 },
    body: {
      ...{ resource: 'riemann01', event: 'load', environment: 'Production', severity: 'critical', service: ['Common'] },
      ...{
        value: 0.93,
        group: 'OS',
        text: 'load',
        tags: [],
        eventType: 'riemannAlert',
        origin: 'riemann',
        rawData: { a: 1 },
      },
    },
  },
  {
    name: 'Riemann, heartbeat',
    path: '/heartbeat',
    key: 'Key',
    accepts: below400,
    body: { origin: 'riemann', tags: ['x'] },
  },
  {
    name: 'a script with curl -f',
    ...{ path: '/api/alert', key: 'X-API-Key', accepts: below400 },
    body: {
      resource: 'cron01',
      event: 'backup',
      environment: 'Production',
      severity: 'normal',
      timeout: 3600,
      attributes: {},
    },
  },
  {
    name: 'Alertmanager, behind the path of Alerta’s container',
    ...{ path: '/api/webhooks/prometheus', key: 'query', accepts: any2xx },
    body: {
      ...{
        receiver: 'alerta',
        status: 'firing',
        version: '4',
        groupKey: '{}:{}',
        truncatedAlerts: 0,
        externalURL: 'http://am',
      },
      ...{ groupLabels: {}, commonLabels: {}, commonAnnotations: {} },
      alerts: [
        {
          ...{ status: 'firing', labels: { alertname: 'Down', instance: 'web01' }, annotations: {}, fingerprint: 'f' },
          ...{ startsAt: '2026-11-21T09:08:09Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: 'http://prom' },
        },
      ],
    },
  },
  {
    name: 'Grafana',
    ...{ path: '/webhooks/grafana?environment=Production', key: 'query', accepts: any2xx },
    body: {
      state: 'alerting',
      ruleId: 1,
      ruleName: 'r',
      title: '[Alerting] r',
      evalMatches: [{ metric: 'm', value: 1, tags: {} }],
    },
  },
  {
    name: 'Amazon SNS, which sends JSON as text',
    ...{ path: '/webhooks/cloudwatch', key: 'query', type: 'text/plain; charset=UTF-8', accepts: any2xx },
    body: '{"Type":"Notification","Message":"{\\"AlarmName\\":\\"a\\"}","TopicArn":"arn:aws:sns:eu:1:t"}',
  },
  {
    name: 'Slack, whose button is a form',
    ...{ path: '/webhooks/slack', key: 'query', type: 'application/x-www-form-urlencoded', accepts: any2xx },
    body: 'payload=%7B%22callback_id%22%3A%22a1%22%2C%22user%22%3A%7B%22name%22%3A%22u%22%7D%7D',
  },
  ...['graylog', 'newrelic', 'pagerduty', 'pingdom', 'riemann', 'serverdensity', 'stackdriver', 'telegram'].map(
    (name): Sender => ({
      name: `the webhook of ${name}`,
      ...{ path: `/webhooks/${name}?environment=Production`, key: 'query', accepts: any2xx, body: { from: name } },
    }),
  ),
]

describe('gets an answer that it accepts, while the destination is away', () => {
  test.each(SENDERS.map((sender) => [sender.name, sender] as const))('%s', async (_, sender) => {
    const { method = 'POST', path, key, type = 'application/json', body, accepts } = sender
    const query = key === 'query' ? `${path.includes('?') ? '&' : '?'}api-key=${KEY}` : ''
    const credential: Record<string, string> =
      key === 'query' ? {} : key === 'X-API-Key' ? { 'x-api-key': KEY } : { authorization: `${key} ${KEY}` }
    const response = await fetch(relay.url + path + query, {
      method,
      headers: { ...credential, 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const answer = (await response.json()) as Record<string, unknown>
    expect(accepts(response.status, answer), `${response.status} ${JSON.stringify(answer)}`).toBe(true)
  })

  test('and all of it waits for the destination', async () => {
    expect((await relay.destination('away')).queued).toBe(SENDERS.length)
  })

  test('the alerta command line asks /config before each command, without a credential', async () => {
    const response = await fetch(`${relay.url}/config`)
    expect(response.status).toBe(200)
    const wanted = ['alarm_model', 'auth_required', 'colors', 'provider', 'severity', 'timeouts']
    expect(Object.keys((await response.json()) as object)).toEqual(expect.arrayContaining(wanted))
  })

  test('a script that names a service twice, now and in a repeat', async () => {
    for (const service of [
      ['Web', 'Web'],
      ['Shop', 'Web', 'Shop'],
    ]) {
      const answer = await relay.alert({ resource: 'twice', service })
      expect([answer.status, (answer.body.alert as { service: string[] }).service]).toEqual([201, service])
    }
  })
})
