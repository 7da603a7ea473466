import { expect, test } from 'vitest'
import { heartbeatAlert, saying } from '../../src/delivery/heartbeat-alert.js'
import type { Heartbeat, HeartbeatStatus } from '../../src/model/heartbeat.js'

const RULES = {
  severity: 'major',
  isSeverity: (name: string) => name !== 'fatal',
  normalSeverity: 'normal',
  maxLatencyMs: 2_000,
  origin: 'alerta/vm',
}
/** As recorded. */
const RECEIVED = Date.parse('2026-11-20T23:51:21.254Z')
const heartbeat = (more: Partial<Heartbeat> = {}): Heartbeat => ({
  id: 'bb7c9e52-94fb-4ca6-a98c-075d410d4d90',
  origin: 'lab/cli',
  tags: ['t'],
  attributes: { environment: 'Production', severity: 'major', service: ['Web'], group: 'G' },
  createTime: '2026-11-20T23:51:21.222Z',
  timeout: 1,
  receivedAt: RECEIVED,
  customer: null,
  ...more,
})
const told = (of: Heartbeat, status: HeartbeatStatus, now = RECEIVED + 3_400) => {
  const { text, value } = saying(of, status, { now, maxLatencyMs: 2_000 })
  return { ...heartbeatAlert(of, status, text, RULES), value }
}

/** Of test/data's alerta heartbeats --alert --timeout 300 (cli-requests.json), without what the client fills in. */
const CORRELATE = ['HeartbeatFail', 'HeartbeatSlow', 'HeartbeatOK']

test('a silent origin is told as the alerta command tells it', () => {
  expect(told(heartbeat(), 'expired')).toEqual({
    ...{ resource: 'lab/cli', event: 'HeartbeatFail', environment: 'Production', severity: 'major' },
    ...{ correlate: CORRELATE, service: ['Web'], group: 'G', value: '0:00:03' },
    ...{ text: 'Heartbeat not received in 1 seconds', tags: ['t'], attributes: {}, origin: 'alerta/vm' },
    ...{ type: 'heartbeatAlert', timeout: 0, customer: null },
  })
})

test('one that is well again, and says nothing of itself', () => {
  expect(told(heartbeat({ origin: 'alerta/vm', tags: [], attributes: {} }), 'ok')).toEqual({
    ...{ resource: 'alerta/vm', event: 'HeartbeatOK', environment: 'Production', severity: 'normal' },
    ...{ correlate: CORRELATE, service: ['Alerta'], group: 'System', value: '' },
    ...{ text: 'Heartbeat OK', tags: [], attributes: {}, origin: 'alerta/vm' },
    ...{ type: 'heartbeatAlert', timeout: 0, customer: null },
  })
})

test('one that is slow', () => {
  const slow = heartbeat({ createTime: '2026-11-20T23:51:16.254Z', customer: 'acme' })
  expect(told(slow, 'slow')).toMatchObject({
    ...{ event: 'HeartbeatSlow', severity: 'major', value: '5000ms', customer: 'acme' },
    text: 'Heartbeat took more than 2000ms to be processed',
  })
})

test('attributes that no alert may have do not keep it back, the others go on', () => {
  const attributes = { environment: '', severity: 'fatal', service: 'Web', group: 5, region: 'eu' }
  expect(told(heartbeat({ attributes }), 'expired')).toMatchObject({
    ...{
      environment: 'Production',
      severity: 'major',
      service: ['Alerta'],
      group: 'System',
      attributes: { region: 'eu' },
    },
  })
})

test('a long silence is written as Python writes it', () => {
  expect(told(heartbeat(), 'expired', RECEIVED + 90_061_000).value).toBe('1 day, 1:01:01')
  expect(told(heartbeat(), 'expired', RECEIVED + 172_800_000).value).toBe('2 days, 0:00:00')
})
