import type { z } from 'zod'
import { type DestinationConfig, destinationSchema } from '../../src/config/destination.js'
import type { Exchange } from '../../src/egress/exchange.js'
import type { Ours } from '../../src/egress/ours.js'
import type { Hop } from '../../src/model/hops.js'
import { parseHops } from '../../src/model/hops.js'
import type { Identity } from '../../src/model/identity.js'
import { type MessageId, randomIds } from '../../src/model/ids.js'
import type { Message } from '../../src/model/message.js'

export function destination(settings: Partial<z.input<typeof destinationSchema>> = {}): DestinationConfig {
  return destinationSchema.parse({ name: 'north', url: 'http://north.example.com/api', ...settings })
}

export const OURS: Ours = {
  baseUrl: 'http://relay.example.com:8080',
  identities: new Set(['http://relay.example.com:8080', 'http://relay'] as Identity[]),
  version: '1.2.3',
}

export const hops = (header: string): readonly Hop[] => parseHops(header)

export function message(parts: Partial<Message> = {}): Message {
  return {
    kind: 'alert',
    alertId: 'a1',
    action: null,
    timeout: null,
    noteId: null,
    contentType: null,
    messageId: '01930000-0000-7000-8000-000000000001' as MessageId,
    acceptedAt: 0,
    stamp: undefined,
    became: undefined,
    requestId: 'request-1',
    hops: [],
    sender: '192.0.2.7',
    credential: 'key first key',
    body: Buffer.from('{"resource":"web01"}'),
    ...parts,
  }
}

export const ids = randomIds

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Exchange {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  return { kind: 'answer', status, headers, body: text, oversized: false }
}
