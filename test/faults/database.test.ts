import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { killAll, type RelayOptions, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { closeSinks, startSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { QUICK } from './attempts.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

async function world() {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url, ...QUICK, timeout: '10s' }] })
  return { sink, relay, path: join(relay.dir, 'relay.db') }
}

const health = async (relay: RelayProcess) => (await fetch(`${relay.url}/management/gtg`)).text()
const UNAVAILABLE = { status: 503, headers: { 'retry-after': '5' }, body: { status: 'error', code: 503 } }

test('another program has the database locked: 503 for as long, and an answer that comes meanwhile is not lost', async () => {
  const { sink, relay, path } = await world()
  sink.behave({ mode: 'delay', ms: 300 })
  expect((await relay.alert({ text: 'before' })).status).toBe(201)
  await waitFor(
    'the attempt',
    () => sink.requests().length,
    (made) => made === 1,
  )
  const other = new Database(path)
  onTestFinished(() => void other.close())
  other.exec('BEGIN IMMEDIATE')
  const answer = await relay.alert({ text: 'no' })
  expect(answer).toMatchObject(UNAVAILABLE)
  expect(answer.ms).toBeLessThan(5_000)
  expect(await health(relay)).toBe('STORE_UNAVAILABLE')
  await waitFor(
    'the trouble to show',
    () => relay.log.filter(({ msg }) => msg === 'store cannot write, trying again'),
    (seen) => seen.length > 0,
  )
  other.exec('ROLLBACK')
  expect(await relay.alert({ text: 'after' })).toMatchObject({ status: 201 })
  await relay.drained()
  expect(await health(relay)).toBe('OK')
  expect(sink.requests().map(({ body }) => JSON.parse(body).text)).toEqual(['before', 'after'])
})

test.each(['relay.db', 'relay.db-wal'])(
  '%s is moved away under the running relay: nothing is accepted that would be lost, until it is back',
  async (name) => {
    const { sink, relay } = await world()
    expect((await relay.alert({ text: 'before' })).status).toBe(201)
    await relay.drained()
    const file = join(relay.dir, name)
    renameSync(file, `${file}.away`)
    expect(await relay.alert({ text: 'no' })).toMatchObject(UNAVAILABLE)
    expect(await health(relay)).toBe('STORE_UNAVAILABLE')
    await waitFor('the reason in the log', relay.output, (log) =>
      log.includes(`${file} was moved or deleted while it was in use`),
    )
    renameSync(`${file}.away`, file)
    expect(await relay.alert({ text: 'after' })).toMatchObject({ status: 201 })
    await relay.drained()
    await relay.kill()
    await relay.restart()
    expect(await relay.destination('mom1')).toMatchObject({ queued: 0 })
    expect(sink.requests().map(({ body }) => JSON.parse(body).text)).toEqual(['before', 'after'])
  },
)

test('the database is deleted under the running relay: it refuses from then on, and starts anew when told to', async () => {
  const { relay } = await world()
  expect((await relay.alert({ text: 'before' })).status).toBe(201)
  await relay.drained()
  for (const name of ['relay.db', 'relay.db-wal', 'relay.db-shm']) rmSync(join(relay.dir, name))
  expect(await relay.alert({ text: 'no' })).toMatchObject(UNAVAILABLE)
  expect(await relay.stop()).toBe(0)
  await relay.restart()
  expect(await relay.alert({ text: 'after' })).toMatchObject({ status: 201 })
})

/** Root may write whatever the permissions say, unless it is asked to run without that capability. */
const ORDINARY = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : []

const UNUSABLE: readonly (readonly [what: string, hint: RegExp, prepare: (dir: string) => Partial<RelayOptions>])[] = [
  [
    'is in a folder that cannot be written',
    /must be able to write|must exist or can be made/,
    (dir) => {
      chmodSync(dir, 0o555)
      return { under: ORDINARY }
    },
  ],
  [
    'is a file that cannot be written',
    /must be able to write/,
    (dir) => {
      const path = join(dir, 'relay.db')
      const db = new Database(path)
      db.pragma('journal_mode = WAL')
      db.close()
      chmodSync(path, 0o444)
      return { under: ORDINARY }
    },
  ],
  [
    'is something else',
    /damaged or is something else/,
    (dir) => {
      writeFileSync(join(dir, 'relay.db'), 'no database\n'.repeat(1_000))
      return {}
    },
  ],
  [
    'is a folder',
    /check database_url/,
    (dir) => {
      mkdirSync(join(dir, 'relay.db'))
      return {}
    },
  ],
  [
    'is below a file',
    /check database_url/,
    (dir) => {
      writeFileSync(join(dir, 'file'), '')
      return { config: { database_url: `sqlite:${join(dir, 'file', 'relay.db')}` } }
    },
  ],
]

test.each(UNUSABLE)(
  'a database that %s: the relay says so and what can be done, without a stack',
  async (_what, hint, prepare) => {
    const dir = mkdtempSync(join(tmpdir(), 'unusable-'))
    const database_url = `sqlite:${join(dir, 'relay.db')}`
    const prepared = prepare(dir)
    onTestFinished(() => {
      chmodSync(dir, 0o755)
      rmSync(dir, { recursive: true })
    })
    const failure = await startRelay({
      destinations: [],
      ...prepared,
      config: { database_url, ...prepared.config },
    }).then(
      () => 'it started',
      (error: Error) => error.message,
    )
    expect(failure).toMatch(/alerta-relay cannot run: cannot open /)
    expect(failure).toMatch(hint)
    expect(failure).not.toMatch(/\n +at /)
  },
)
