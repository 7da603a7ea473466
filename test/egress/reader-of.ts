import type { IncomingMessage, ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { createSigner } from '../../src/auth/sign.js'
import { systemClock } from '../../src/base/clock.js'
import { createClient } from '../../src/egress/client.js'
import { createPeerReader, type PeerReader } from '../../src/egress/peer-reader.js'
import { destination, ids, OURS } from './fixtures.js'
import { httpPeer } from './servers.js'

export const ALERT = {
  id: 'p1',
  environment: 'Production',
  resource: 'web01',
  event: 'NodeDown',
  customer: null,
  severity: 'major',
  status: 'open',
  lastReceiveTime: '2026-11-21T00:24:26.629Z',
}
export const KEY = { environment: 'Production', resource: 'web01', event: 'NodeDown', customer: null }
export const list = (...alerts: object[]) => ({ status: 'ok', alerts, more: false, total: alerts.length })

export type Settings = Parameters<typeof destination>[0]
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export const readerOf = async (answer: Answer, settings: Settings = {}): Promise<PeerReader> =>
  readerAt((await httpPeer(answer)).url, settings)

export function readerAt(url: string, settings: Settings = {}): PeerReader {
  const config = destination({ url, insecure: true, ...settings })
  const client = createClient(config, { sign: createSigner(config.auth, systemClock), clock: systemClock })
  onTestFinished(() => client.close())
  return createPeerReader(config, { client, ours: OURS, ids }) as PeerReader
}

export const answering =
  (body: unknown, status = 200, headers: Record<string, string> = { 'content-type': 'application/json' }): Answer =>
  (_request, response) => {
    response.writeHead(status, headers)
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
