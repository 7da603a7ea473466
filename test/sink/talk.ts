import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { randomIds } from '../../src/model/ids.js'
import { createSink, type Listening, type Sink, type SinkOptions } from '../../src/sink/sink.js'

export interface Talk {
  readonly sink: Sink
  readonly url: string
  readonly port: number
  /** status and parsed body */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Told>
  close: Listening['close']
}

export interface Told {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** A sink on a free loopback port until the test ends. */
export async function talkTo(options: Partial<SinkOptions> = {}): Promise<Talk> {
  const sink = createSink({ clock: systemClock, ids: randomIds, ...options })
  const { url, port, close } = await sink.listen()
  onTestFinished(close)
  return {
    sink,
    url,
    port,
    close,
    async ask(method, path, body, headers = {}) {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const answer = await fetch(url + path, {
        method,
        headers: { ...json, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: (await answer.json()) as Told['body'] }
    },
  }
}

export const alert = (more: object = {}) => ({
  resource: 'web01',
  event: 'NodeDown',
  environment: 'Production',
  severity: 'major',
  ...more,
})
