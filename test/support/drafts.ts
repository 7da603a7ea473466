import type { AlertFields } from '../../src/model/alert.js'
import { parseHops } from '../../src/model/hops.js'
import { randomIds } from '../../src/model/ids.js'
import type { Draft } from '../../src/model/message.js'

/** Drafts as ingress makes them, for tests below HTTP. */

type Extra = Partial<
  Pick<Draft, 'messageId' | 'acceptedAt' | 'stamp' | 'requestId' | 'fromPeer' | 'customers' | 'body'>
> & {
  via?: string
}

const envelope = ({ via, ...extra }: Extra) => ({
  messageId: randomIds.messageId(),
  acceptedAt: 1_000,
  stamp: undefined,
  became: undefined,
  requestId: 'request-1',
  hops: parseHops(via),
  sender: '192.0.2.1',
  credential: 'key test',
  fromPeer: false,
  customers: [],
  ...extra,
})

export const fields = (alert: Partial<AlertFields> = {}): AlertFields => ({
  resource: 'web01',
  event: 'NodeDown',
  environment: 'Production',
  severity: 'critical',
  correlate: [],
  status: 'open',
  service: ['Web'],
  group: 'Misc',
  value: null,
  text: '',
  tags: [],
  attributes: {},
  origin: null,
  type: 'exceptionAlert',
  createTime: '2026-01-01T00:00:00.000Z',
  timeout: 86_400,
  rawData: null,
  customer: null,
  ...alert,
})

export function alertDraft(alert: Partial<AlertFields> = {}, extra: Extra & { alertId?: string } = {}): Draft {
  const { alertId = randomIds.id(), ...rest } = extra
  const body = Buffer.from(JSON.stringify({ id: alertId, ...fields(alert) }))
  return { kind: 'alert', alertId, alert: fields(alert), body, ...envelope(rest) } as Draft
}

export function actionDraft(alertId: string, action: string, extra: Extra = {}): Draft {
  const body = Buffer.from(JSON.stringify({ action, text: '' }))
  return { kind: 'action', alertId, action, text: '', timeout: null, body, ...envelope(extra) } as Draft
}

export function deleteDraft(alertId: string, extra: Extra = {}): Draft {
  return { kind: 'delete', alertId, body: null, ...envelope(extra) } as Draft
}

export function heartbeatDraft(origin: string, extra: Extra & { timeout?: number } = {}): Draft {
  const { timeout = 60, ...rest } = extra
  const body = Buffer.from(JSON.stringify({ origin, timeout }))
  return { kind: 'heartbeat', origin, customer: null, timeout, body, ...envelope(rest) } as Draft
}
