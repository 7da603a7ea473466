import { iso } from '../../src/base/clock.js'
import type { AlertFields } from '../../src/model/alert.js'
import type { Heartbeat } from '../../src/model/heartbeat.js'
import { parseHops } from '../../src/model/hops.js'
import { randomIds } from '../../src/model/ids.js'
import type { Draft, NoteAction } from '../../src/model/message.js'

/** Drafts as ingress makes them, for tests below HTTP. */

type Extra = Partial<
  Pick<Draft, 'messageId' | 'acceptedAt' | 'stamp' | 'requestId' | 'fromPeer' | 'customers' | 'brief' | 'body'>
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

export function heartbeatDraft(origin: string, extra: Extra & Partial<Omit<Heartbeat, 'origin'>> = {}): Draft {
  const { id = randomIds.id(), tags = [], attributes = {}, createTime, timeout = 60, customer = null, ...rest } = extra
  const { acceptedAt = 1_000 } = rest
  const heartbeat = { id, origin, tags, attributes, timeout, customer, createTime: createTime ?? iso(acceptedAt) }
  const body = Buffer.from(JSON.stringify({ origin, timeout }))
  return { kind: 'heartbeat', ...heartbeat, body, ...envelope(rest) } as Draft
}

type Change = { kind: 'status' | 'tag' | 'untag' | 'attributes' } & Record<string, unknown>

/** Its body says what the draft says. */
export function changeDraft(alertId: string, change: Change, extra: Extra = {}): Draft {
  const { kind: _, ...fields } = change
  return { alertId, ...change, body: Buffer.from(JSON.stringify(fields)), ...envelope(extra) } as unknown as Draft
}

export function noteDraft(alertId: string, action: NoteAction, noteId: string, text: string, extra: Extra = {}): Draft {
  const body = action === 'remove' ? null : Buffer.from(JSON.stringify({ id: noteId, text }))
  return { kind: 'note', alertId, action, noteId, text, body, ...envelope(extra) } as Draft
}

export function webhookDraft(path: string, contentType: string | null, body: string, extra: Extra = {}): Draft {
  return { kind: 'webhook', path, contentType, body: Buffer.from(body), ...envelope(extra) } as Draft
}
