import { systemClock } from '../../src/base/clock.js'
import type { AuthConfig } from '../../src/config/auth.js'
import { randomIds } from '../../src/model/ids.js'
import type { RuleInput } from '../../src/sink/behaviour.js'
import type { Received } from '../../src/sink/received.js'
import { createSink, type Listening } from '../../src/sink/sink.js'
import { freePort } from '../support/ports.js'

/** A receiver on a fixed port that can go away and come back, with what it got. */
export interface TestSink {
  readonly url: string
  /** Every write that came in, misbehaved answers too: "POST web01 critical 1 -> 201". */
  requests(): readonly Received[]
  /** The writes it answered well, in order, as short texts. */
  got(): readonly string[]
  behave(rule: RuleInput): void
  obey(): void
  down(): Promise<void>
  up(): Promise<void>
}

const open = new Set<Listening>()
/** For afterEach. */
export async function closeSinks(): Promise<void> {
  await Promise.all([...open].map((one) => one.close()))
  open.clear()
}

export async function startSink(options: { auth?: AuthConfig; baseUrl?: string } = {}): Promise<TestSink> {
  const port = await freePort()
  const sink = createSink({ clock: systemClock, ids: randomIds, keep: 300_000, ...options })
  let listening: Listening
  const up = async () => {
    listening = await sink.listen({ host: '127.0.0.1', port })
    open.add(listening)
  }
  await up()
  const writes = () => sink.requests().filter(({ method }) => method !== 'GET')
  return {
    url: `http://127.0.0.1:${port}`,
    requests: writes,
    got: () =>
      writes()
        .filter(({ status, behaved }) => behaved === null && status !== null && status < 300)
        .map(describe),
    behave: sink.behave,
    obey: sink.obey,
    async down() {
      open.delete(listening)
      await listening.close()
    },
    up,
  }
}

/** "web01 critical text", "ack", "delete": enough to tell order and identity. */
function describe({ method, body, path }: Received): string {
  if (method === 'DELETE') return 'delete'
  const fields = JSON.parse(body) as Record<string, unknown>
  if (method === 'PUT') return String(fields.action)
  if (path.endsWith('/heartbeat')) return `heartbeat ${String(fields.origin)}`
  return [fields.resource, fields.severity, fields.text].filter(Boolean).join(' ')
}
