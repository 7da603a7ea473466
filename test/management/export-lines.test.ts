import { expect, test } from 'vitest'
import {
  type ExportHeader,
  headerOf,
  lineOf,
  readHeader,
  readLine,
} from '../../src/management/operator/export-lines.js'
import { parseHops } from '../../src/model/hops.js'
import { type MessageId, randomIds } from '../../src/model/ids.js'
import type { Message } from '../../src/model/message.js'
import type { Exported } from '../../src/store/moves.js'

const message = (more: Partial<Message> = {}): Message => ({
  messageId: '01a1ffa7-6293-7333-8596-9b823baf4e53' as MessageId,
  kind: 'alert',
  acceptedAt: 1_000,
  stamp: 900,
  became: { severity: 'major', status: 'ack', statusStamp: 800 },
  alertId: 'a',
  action: null,
  noteId: null,
  contentType: null,
  timeout: null,
  requestId: randomIds.id(),
  hops: parseHops('http://a,http://b'),
  sender: '192.0.2.1',
  credential: 'key test',
  trace: undefined,
  body: Buffer.from('{"text":"ä\\u0000"}'),
  ...more,
})
const trace = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), flags: '01', state: 'x=y' }

test.each<[string, Exported]>([
  ['an alert', { message: message() }],
  ['bytes that are no text', { message: message({ body: Buffer.from([0xff, 0, 0xc3, 0x28]) }) }],
  ['a delete', { message: message({ kind: 'delete', body: null, stamp: undefined, became: undefined, hops: [] }) }],
  ['an empty body', { message: message({ kind: 'webhook', alertId: '/webhooks/x', body: Buffer.alloc(0) }) }],
  ['a note', { message: message({ kind: 'note', action: 'add', noteId: 'n' }) }],
  ['a traced one', { message: message({ trace }) }],
  ['a dead letter', { message: message(), dead: { at: 5_000, reason: 'no\n"such"' } }],
])('%s is read from an export as it was written', (_what, exported) => {
  const text = JSON.stringify(lineOf(exported))
  expect(text).not.toContain('\n')
  expect(readLine(text)).toEqual(exported)
})

test('what is no line of an export says so', () => {
  const good = JSON.stringify(lineOf({ message: message() }))
  expect(readLine('{"message"')).toEqual({ problem: 'it is not JSON' })
  expect(readLine('7')).toHaveProperty('problem')
  expect(readLine(good.replace('"kind":"alert"', '"kind":"party"'))).toMatchObject({
    problem: expect.stringMatching(/^kind: /),
  })
  expect(readLine(good.replace('"sender":"192.0.2.1"', '"sender":"a\\r\\nX-Evil: 1"'))).toMatchObject({
    problem: expect.stringMatching(/^sender: /),
  })
  expect(readLine('{"kind":"end","lines":3}')).toBe('end')
})

test('an export of a later relay is refused, one of today is read', () => {
  const header: ExportHeader = headerOf({ export: 'e', relay: '1', destination: 'mom1', what: 'queued', at: 'now' })
  expect(readHeader(JSON.stringify(header))).toEqual(header)
  expect(readHeader(JSON.stringify({ ...header, version: 2 }))).toBe('it has version 2, this relay reads up to 1')
  expect(readHeader('{}')).toBe('the first line is not that of an export')
})
