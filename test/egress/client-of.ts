import { onTestFinished } from 'vitest'
import { createSigner } from '../../src/auth/sign.js'
import { systemClock } from '../../src/base/clock.js'
import { createClient } from '../../src/egress/client.js'
import type { OutgoingRequest } from '../../src/egress/exchange.js'
import { destination } from './fixtures.js'

export const POST: OutgoingRequest = {
  method: 'POST',
  path: '/alert',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"resource":"web01"}'),
}
export const NEVER = new AbortController().signal

export function clientOf(settings: Parameters<typeof destination>[0]) {
  const config = destination(settings)
  const client = createClient(config, { sign: createSigner(config.auth, systemClock), clock: systemClock })
  onTestFinished(() => client.close())
  return client
}

export const post = (settings: Parameters<typeof destination>[0], signal = NEVER) =>
  clientOf(settings).exchange(POST, signal)
