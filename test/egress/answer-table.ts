import { describe, expect, test } from 'vitest'
import { type Asked, judge } from '../../src/egress/answer.js'
import type { Exchange } from '../../src/egress/exchange.js'
import type { Outcome } from '../../src/model/outcome.js'
import { hops, OURS } from './fixtures.js'

export const ASKED: Asked = {
  kind: 'alerta',
  accept: [{ from: 200, to: 299 }],
  write: 'alert',
  ours: OURS.identities,
  sentHops: hops('http://edge.example.com,http://hub.example.com/api'),
  now: Date.parse('2026-11-21T08:00:00Z'),
  redact: (text) => text.replaceAll('s3cret', '***'),
}

export const ok = (more: object = {}) => ({ status: 'ok', ...more })
export const error = (message: string) => ({ status: 'error', message, code: 0, errors: null, requestId: 'r' })
export const HTML = '<!DOCTYPE html><html><title>Sign in</title></html>'
export const html = { 'content-type': 'text/html' }
export const oversized: Exchange = { kind: 'answer', status: 201, headers: {}, body: undefined, oversized: true }

export type Row = readonly [name: string, exchange: Exchange, expected: Partial<Outcome>, asked?: Partial<Asked>]

export function table(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [name, exchange, expected, asked] of rows) {
      test(name, () => expect(judge(exchange, { ...ASKED, ...asked })).toMatchObject(expected))
    }
  })
}

export const act = { write: 'action' } as const
export const del = { write: 'delete' } as const
export const beat = { write: 'heartbeat' } as const
