import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { KEY, killAll, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'
import { needStrace, STRACE, type Steps, stepsOf } from './syscalls.js'

beforeAll(needStrace, 300_000)

afterEach(async () => {
  killAll()
  await closeSinks()
})

const TOGETHER = 40
const id = (name: string | number) => ({ 'x-request-id': `mark-${name}-` })
const beat = { origin: 'cron', tags: [], createTime: '2026-01-01T00:00:00.000Z' }

/** One of each kind alone, then many alerts at once, which share commits. */
async function send(relay: RelayProcess): Promise<readonly number[]> {
  const statuses = [
    await relay.alert({ id: 'a' }, id('alert')),
    await relay.action('a', 'ack', id('action')),
    await relay.delete('a', id('delete')),
  ].map(({ status }) => status)
  const heartbeat = await fetch(`${relay.url}/heartbeat`, {
    method: 'POST',
    headers: { authorization: `Key ${KEY}`, 'content-type': 'application/json', ...id('heartbeat') },
    body: JSON.stringify(beat),
  })
  const many = Array.from({ length: TOGETHER }, (_, i) => relay.alert({ resource: `web${i}` }, id(i)))
  return [...statuses, heartbeat.status, ...(await Promise.all(many)).map(({ status }) => status)]
}

const inOrder = ({ logged, durable, answered, forwarded }: Steps): boolean =>
  logged >= 0 && logged < durable && durable < answered && durable < forwarded

test('the log is on the disk before a sender hears 2xx, and before anything leaves for a destination', async () => {
  const sink = await startSink()
  const folder = mkdtempSync(join(tmpdir(), 'strace-'))
  const prefix = join(folder, 'trace')
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }], under: [...STRACE, '-o', prefix] })
  expect(await send(relay)).toEqual([201, 200, 200, 201, ...Array(TOGETHER).fill(201)])
  await relay.drained()
  const file = `${prefix}.${relay.pid}`
  await relay.stop()
  const trace = await waitFor(
    'the end of the trace',
    () => (existsSync(file) ? readFileSync(file, 'latin1').split('\n') : []),
    (lines) => lines.at(-2)?.startsWith('+++ exited') === true,
  )
  const marks = ['alert', 'action', 'delete', 'heartbeat', ...Array(TOGETHER).keys()]
  const steps = marks.map((mark) => [`mark-${mark}-`, stepsOf(`mark-${mark}-`, trace)] as const)
  expect(steps.filter(([, each]) => !inOrder(each))).toEqual([])
  rmSync(folder, { recursive: true })
})

const LOGGED = 'pwrite64(19</db/relay.db-wal>, "\\r\\0\\1mark-1-\\0{}", 4096, 56) = 4096'
const DURABLE = 'fsync(19</db/relay.db-wal>)             = 0'
const ANSWERED = 'writev(22<socket:[1]>, [{iov_base="HTTP/1.1 201 Created\\r\\nx-request-id: mark-1-\\r\\n"}], 1) = 9'
const FORWARDED = 'write(23<socket:[2]>, "POST /alert HTTP/1.1\\r\\nx-request-id: mark-1-\\r\\n", 52) = 52'

test.each<[string, readonly string[], boolean]>([
  ['as it should be', [LOGGED, DURABLE, ANSWERED, FORWARDED], true],
  ['answered before the log was durable', [LOGGED, ANSWERED, DURABLE, FORWARDED], false],
  ['never made durable', [DURABLE, LOGGED, ANSWERED, FORWARDED], false],
  ['not made durable by a failed sync', [LOGGED, DURABLE.replace('= 0', '= -1 EIO'), ANSWERED, FORWARDED], false],
  ['the database made durable instead of its log', [LOGGED, DURABLE.replace('-wal', ''), ANSWERED, FORWARDED], false],
  ['forwarded before the log was durable', [LOGGED, FORWARDED, DURABLE, ANSWERED], false],
  ['never logged', [DURABLE, ANSWERED, FORWARDED], false],
])('a made-up trace: %s', (_, trace, right) => {
  expect(inOrder(stepsOf('mark-1-', trace))).toBe(right)
})
