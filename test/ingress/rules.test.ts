import { describe, expect, test } from 'vitest'
import { anonymous, principal } from '../../src/auth/principal.js'
import { alertFields, alertProblem, alertRulesOf } from '../../src/ingress/alert.js'
import { clientConfig } from '../../src/ingress/client-config.js'
import { parseCreateTime } from '../../src/ingress/create-time.js'
import { type Customer, decideCustomer } from '../../src/ingress/customers.js'
import { parseObject } from '../../src/ingress/json-object.js'
import { createPolicy } from '../../src/ingress/policy.js'
import { requestIdOf } from '../../src/ingress/request-id.js'
import { randomIds } from '../../src/model/ids.js'
import { load, RIGHT } from '../config/loading.js'
import { ALERT_RULES } from '../support/rules.js'

describe('createTime', () => {
  test.each([
    ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
    ['2026-01-02T03:04:05.6Z', '2026-01-02T03:04:05.600Z'],
    ['2026-01-02T03:04:05.123456Z', '2026-01-02T03:04:05.123Z'],
    ['2024-02-29T00:00:00.0Z', '2024-02-29T00:00:00.000Z'],
    ['2026-1-2T3:4:5.6Z', '2026-01-02T03:04:05.600Z'],
    ['2026-01-02T03:04:05Z', undefined],
    ['2026-01-02T03:04:05.Z', undefined],
    ['2026-01-02T03:04:05.123456789Z', undefined],
    ['2026-01-02T03:04:05.678+00:00', undefined],
    ['2026-01-02 03:04:05.678Z', undefined],
    ['2026-02-30T00:00:00.000Z', undefined],
    ['2026-01-02T24:00:00.000Z', undefined],
    ['0000-01-01T00:00:00.000Z', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(parseCreateTime(text)).toBe(expected)
  })
})

describe('whose message it is', () => {
  const bound = (customers: string[], scopes = ['write'], peer = false) =>
    principal('key k', { scopes, customers, peer })
  const asSent = (customer: string | null): Customer => ({ kind: 'as sent', customer })
  const table: [name: string, sent: string | null, who: ReturnType<typeof bound>, expected: object][] = [
    ['nobody bound, none given', null, bound([]), asSent(null)],
    ['nobody bound, one given', 'acme', bound([]), { kind: 'refused' }],
    ['anonymous gives one', 'acme', anonymous(['write:alerts']), { kind: 'refused' }],
    ['an administrator gives one', 'acme', bound([], ['admin']), asSent('acme')],
    ['an administrator of alerts gives one', 'acme', bound([], ['admin:alerts']), asSent('acme')],
    ['an administrator of heartbeats gives one', 'acme', bound([], ['admin:heartbeats']), { kind: 'refused' }],
    ['a relay carries one through', 'acme', bound([], ['write'], true), asSent('acme')],
    ['a relay bound to another', 'acme', bound(['globex'], ['write'], true), { kind: 'refused' }],
    ['bound to one, none given', null, bound(['acme']), { kind: 'pinned', customer: 'acme' }],
    ['bound to one, that one given', 'acme', bound(['acme']), asSent('acme')],
    ['bound to one, another given', 'globex', bound(['acme']), { kind: 'refused' }],
    ['bound to two, one of them given', 'globex', bound(['acme', 'globex']), asSent('globex')],
    ['bound to two, none given', null, bound(['acme', 'globex']), { kind: 'refused' }],
  ]
  test.each(table)('%s', (_, sent, who, expected) => {
    expect(decideCustomer(sent, who, 'admin:alerts')).toMatchObject(expected)
  })
})

describe('policy', () => {
  const policy = (reject: object) =>
    createPolicy({ allowed_environments: [], origin_blacklist: [], require_service: false, ...reject })
  const alert = (environment: string, service: string[] = [], origin: string | null = null) => ({
    environment,
    service,
    origin,
  })

  test('takes everything where nothing is configured', () => {
    expect(policy({})(alert(''))).toBeUndefined()
  })
  test('an environment must match in full', () => {
    const environments = policy({ allowed_environments: ['Production', 'Dev.*'] })
    expect(environments(alert('Production'))).toBeUndefined()
    expect(environments(alert('Development'))).toBeUndefined()
    for (const other of ['Production2', 'PreProduction', 'production', '']) {
      expect(environments(alert(other))).toBe('[POLICY] Alert environment does not match one of Production, Dev.*')
    }
  })
  test('an origin may be kept out, by how it begins', () => {
    const origins = policy({ origin_blacklist: ['test/', '.*/lab\\d+'] })
    expect(origins(alert('x', [], 'test/web01'))).toBe("[POLICY] Alert origin 'test/web01' has been blacklisted")
    expect(origins(alert('x', [], 'nagios/lab1'))).toMatch(/blacklisted/)
    expect(origins(alert('x', [], 'nagios/test/'))).toBeUndefined()
    expect(origins(alert('x'))).toBeUndefined()
  })
  test('a service may be required', () => {
    expect(policy({ require_service: true })(alert('x'))).toBe('[POLICY] Alert must define a service')
    expect(policy({ require_service: true })(alert('x', ['Web']))).toBeUndefined()
  })
})

describe('fields of an alert', () => {
  const object = (fields: string) => {
    const parsed = parseObject(Buffer.from(`{"resource":"r","event":"E",${fields}}`))
    if (!parsed.ok) throw new Error(parsed.problem)
    return parsed.value
  }
  const read = (fields: string) => alertFields(object(fields), { createTime: 't', customer: null }, ALERT_RULES)

  test.each([
    ['"timeout":60.0', 'timeout must be an integer'],
    ['"timeout":1e2', 'timeout must be an integer'],
    ['"timeout":[]', 'timeout must be an integer'],
    ['"timeout":2147483648', 'timeout must not be greater than 2147483647'],
    ['"severity":"Major"', expect.stringMatching(/^Severity \(Major\)/)],
    ['"severity":"toString"', expect.stringMatching(/^Severity/)],
    ['"id":5', 'id must be a string'],
    ['"id":"a\\u0007"', 'id must not contain control characters'],
    ['"group":{}', 'group must be a string'],
    ['"customer":5', 'customer must be a string'],
    ['"service":["a",null]', 'service must be a list of strings'],
    [`"correlate":[${Array(1_001).fill('"E"')}]`, 'correlate must not have more than 1000 entries'],
    [`"correlate":[${Array(1_000).fill('"E"')}]`, undefined],
    ['"timeout":2147483647,"severity":"ok","id":"a/b c","createTime":5,"text":5', undefined],
  ])('%s: %s', (fields, expected) => {
    expect(alertProblem(object(fields), ALERT_RULES)).toEqual(expected)
  })

  test('numbers and objects in text fields are kept as they were written', () => {
    expect(read('"value":1.50,"text":7,"rawData":{"a": 1}')).toMatchObject({
      value: '1.50',
      text: '7',
      rawData: '{"a": 1}',
    })
  })
  test('null and empty texts have their defaults', () => {
    expect(read('"severity":"","group":null,"status":"","type":"","origin":""')).toMatchObject({
      severity: 'normal',
      group: 'Misc',
      status: 'open',
      type: 'exceptionAlert',
      origin: null,
      timeout: 86_400,
      value: null,
      text: '',
    })
  })
  test('a site has severities and a timeout of its own', () => {
    const { config } = load(`${RIGHT}alerts:
  severities: { fatal: 1, fine: 5 }
  normal_severity: fine
  previous_severity: fatal
  timeout: 90s`)
    const reading = alertRulesOf(config)
    expect(alertProblem(object('"severity":"fatal"'), reading)).toBeUndefined()
    expect(alertProblem(object('"severity":"major"'), reading)).toBe('Severity (major) is not one of fatal, fine')
    expect(clientConfig(config)).toMatchObject({
      severity: { fatal: 1, fine: 5 },
      alarm_model: { defaults: { normal_severity: 'fine', previous_severity: 'fatal' } },
      timeouts: { alert: 90, heartbeat: 86_400, ack: 0, shelve: 7_200 },
    })
    const filled = { createTime: 't', customer: null }
    expect(alertFields(object('"severity":null'), filled, reading)).toMatchObject({ severity: 'fine', timeout: 90 })
  })
  test('an alert that correlates with others correlates with itself', () => {
    expect(read('"correlate":["Up"]').correlate).toEqual(['Up', 'E'])
    expect(read('"correlate":["E","Up"]').correlate).toEqual(['E', 'Up'])
    expect(read('"correlate":[]').correlate).toEqual([])
  })
})

test('a harmless request id is kept, any other replaced', () => {
  expect(requestIdOf('my-req_id.1', randomIds)).toBe('my-req_id.1')
  for (const bad of [undefined, '', 'a b', 'x'.repeat(129), 'é', 'a\u0007', ['a', 'b']]) {
    expect(requestIdOf(bad, randomIds)).toMatch(/^[0-9a-f-]{36}$/)
  }
})
