import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { waitFor } from '../support/wait.js'
import { runCommand } from './command.js'
import { killAll, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink, type TestSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

type Run = (...args: string[]) => ReturnType<typeof runCommand>
const NOBODY = 'http://127.0.0.1:9'
const SLOW = { backoff: { first: '10m', ceiling: '30m' } }

async function two(first: object = {}): Promise<{ sink: TestSink; relay: RelayProcess; run: Run }> {
  const sink = await startSink()
  const relay = await startRelay({
    destinations: [
      { name: 'mom1', url: NOBODY, match: { group: 'one' }, ...SLOW, ...first },
      { name: 'mom2', url: sink.url, match: { group: 'two' } },
    ],
  })
  return { sink, relay, run: (...args) => runCommand(relay.dir, ...args) }
}
const reach = (relay: RelayProcess, name: string, state: string) =>
  waitFor(
    `${name} to be ${state}`,
    () => relay.destination(name),
    (destination) => destination.state === state,
  )
const queued = async (relay: RelayProcess, name: string) => (await relay.destination(name)).queued
/** Changes what the relay is configured with at its next start. */
function reconfigure(relay: RelayProcess, destinations: readonly object[]): void {
  const file = join(relay.dir, 'relay.yaml')
  const database = join(relay.dir, 'relay.db')
  const before = { base_url: relay.url, listen: `127.0.0.1:${relay.port}`, database_url: `sqlite:${database}` }
  const auth = { api_keys: [{ key: 'test-key', scopes: ['admin'], text: 'test' }] }
  writeFileSync(file, stringify({ ...before, auth, log: { format: 'json' }, destinations }))
}

test('the queue of a destination that will not come back goes to another one, in order, and its acks follow', async () => {
  const { sink, relay, run } = await two()
  await run('hold', 'mom1', '--reason', 'it burnt down')
  for (const text of ['1', '2', '3']) await relay.alert({ group: 'one', resource: 'web', event: text, text })
  const dry = await run('move', 'mom1', 'mom2')
  expect(dry).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^would be moved from mom1 to mom2: 3 as they are\n/),
  })
  expect(dry.stdout).toContain('nothing was done; --yes does it')
  expect(await run('move', 'mom1', 'mom2', '--yes', '--dry-run')).toMatchObject({ code: 1 })
  expect(sink.got()).toEqual([])
  expect(await run('move', 'mom1', 'mom2', '--yes')).toMatchObject({
    code: 0,
    stdout: 'moved from mom1 to mom2: 3 as they are\n',
  })
  const answer = await relay.alert({ group: 'one', resource: 'web', event: '1', severity: 'normal', text: 'over' })
  expect(answer.status).toBe(201)
  await waitFor(
    'mom2 to have all',
    async () => sink.got(),
    (got) => got.length === 4,
  )
  expect(sink.got()).toEqual(['web critical 1', 'web critical 2', 'web critical 3', 'web normal over'])
  expect(await queued(relay, 'mom1'), 'it is still meant for mom1 too').toBe(1)
  expect((await run('move', 'mom1', 'mom3', '--yes')).stderr).toContain(
    'no destination is named mom3; there are mom1, mom2',
  )
})

test('the message that suspends a destination is shown, and skipped by who means it', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url, ...SLOW }] })
  const run: Run = (...args) => runCommand(relay.dir, ...args)
  sink.behave({ mode: 'status', status: 401 })
  const { body } = await relay.alert({ text: 'poison' })
  await reach(relay, 'mom1', 'suspended')
  await relay.alert({ resource: 'other', text: 'good' })
  sink.obey()
  const shown = await run('release', 'mom1', '--skip')
  expect(shown.code).toBe(1)
  expect(shown.stdout).toMatch(/^mom1 is suspended: /)
  expect(shown.stdout).toContain(`alert about ${body.id}`)
  expect(await relay.destination('mom1')).toMatchObject({ state: 'suspended', dead: 0 })
  expect(await run('release', 'mom1', '--skip', '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/it is a dead letter now, and mom1 is released\n$/),
  })
  await relay.drained()
  expect(sink.got()).toEqual(['other critical good'])
  expect((await run('dead', 'mom1')).stdout).toMatch(/skipped by an operator: /)
  expect(await run('release', 'mom1', '--skip')).toMatchObject({ code: 1, stderr: 'release: mom1 is not suspended\n' })
})

test('a queue that is exported is taken in by another relay, once, and a broken line is told by its number', async () => {
  const { relay, run } = await two()
  await run('hold', 'mom1', '--reason', 'test')
  for (const text of ['1', '2', '3']) await relay.alert({ group: 'one', resource: 'web', event: text, text })
  const exported = await run('export', 'mom1')
  expect(exported).toMatchObject({ code: 0, stderr: 'exported from mom1: 3 queued messages\n' })
  const lines = exported.stdout.trim().split('\n')
  expect(lines).toHaveLength(5)
  const file = join(relay.dir, 'export.jsonl')
  writeFileSync(file, [...lines.slice(0, 2), '{"message":"x"}', ...lines.slice(2)].join('\n'))

  const sink = await startSink()
  const other = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  const there: Run = (...args) => runCommand(other.dir, ...args)
  const first = await there('import-queue', 'mom1', '--file', file)
  expect(first).toMatchObject({ code: 1, stdout: 'taken in for mom1: 3 queued, 1 unusable\n' })
  expect(first.stderr).toMatch(/^line 3: message: /)
  await other.drained()
  expect(sink.got()).toEqual(['web critical 1', 'web critical 2', 'web critical 3'])
  expect((await there('import-queue', 'mom1', '--file', file)).stdout).toBe(
    'taken in for mom1: 3 there already, 1 unusable\n',
  )
  expect((await there('import-queue', 'mom1', '--file', file, '--strict')).stderr).toMatch(/stopped\n$/)
  await other.drained()
  expect(sink.got()).toHaveLength(3)

  writeFileSync(file, lines.slice(0, 3).join('\n'))
  expect(await there('import-queue', 'mom1', '--file', file)).toMatchObject({
    code: 1,
    stderr: 'import-queue: the export has no end: it was broken off when it was made\n',
  })
  writeFileSync(file, '{"kind":"something else"}\n')
  expect(await there('import-queue', 'mom1', '--file', file)).toMatchObject({ code: 2 })

  // and into the relay that it came from
  expect((await run('discard-queued', 'mom1', '--yes', '--why', 'exported')).stdout).toBe(
    'discarded from the queue of mom1: 3\n',
  )
  writeFileSync(file, exported.stdout)
  expect((await run('import-queue', 'mom1', '--file', file)).stdout).toBe('taken in for mom1: 3 queued\n')
  expect(await queued(relay, 'mom1')).toBe(3)
})

test('a backup is made beside a running relay, without a sender noticing, and overwrites nothing', async () => {
  const { relay, run } = await two()
  for (let n = 0; n < 200; n += 1) await relay.alert({ group: 'one', resource: `r${n}`, text: 'x'.repeat(5_000) })
  const file = join(relay.dir, 'backup.db')
  let over = false
  const made = run('backup', file).finally(() => {
    over = true
  })
  const answers: { status: number; ms: number }[] = []
  while (!over) answers.push(await relay.alert({ group: 'one', resource: 'load', text: `${answers.length}` }))
  expect(await made).toMatchObject({ code: 0, stderr: '' })
  expect(answers.filter(({ status }) => status !== 201)).toEqual([])
  expect(Math.max(...answers.map(({ ms }) => ms)), 'the slowest answer meanwhile, ms').toBeLessThan(1_000)
  const manifest = JSON.parse(readFileSync(`${file}.json`, 'utf8'))
  expect(manifest).toMatchObject({ relay: expect.any(String), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(manifest.queued).toBeGreaterThanOrEqual(200)
  expect(await run('backup', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') })
})

test('a restored database sends nothing until an operator has decided', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  const run: Run = (...args) => runCommand(relay.dir, ...args)
  await run('hold', 'mom1', '--reason', 'test')
  await relay.alert({ resource: 'old', text: 'in the backup' })
  const file = join(relay.dir, 'backup.db')
  await run('backup', file)
  await run('release', 'mom1')
  await relay.drained()
  expect(sink.got()).toEqual(['old critical in the backup'])
  expect(await run('restore', file)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('another process works on'),
  })

  await relay.stop()
  writeFileSync(`${file}.bad`, 'no database')
  expect(await run('restore', `${file}.bad`)).toMatchObject({ code: 1 })
  const restored = await run('restore', file)
  expect(restored.stdout).toContain('its SHA-256 is right')
  expect(restored.stdout).toMatch(/what was there before is .*relay\.db\.before-\d{8}T\d{6}Z\n/)
  expect(restored.stdout).toContain('1 messages wait in it; the next start holds all destinations')
  expect(existsSync(/before is (\S+)/.exec(restored.stdout)?.[1] ?? '')).toBe(true)

  await relay.restart()
  const told = 'all destinations are held: the database is not the one this relay left'
  expect(relay.log.filter(({ msg }) => msg === told)).toMatchObject([{ level: 'error', why: 'restored' }])
  expect(await relay.destination('mom1')).toMatchObject({
    state: 'held',
    queued: 1,
    why: expect.stringMatching(/^restored: /),
  })
  await relay.alert({ resource: 'new', text: 'since' })
  expect((await run('discard-queued', 'mom1', '--older-than', '1s')).stdout).toContain('would be discarded')
  expect((await run('discard-queued', 'mom1', '--lane', 'Production/old', '--yes')).stdout).toBe(
    'discarded from the queue of mom1: 1\n',
  )
  await run('release', 'mom1')
  await relay.drained()
  expect(sink.got()).toEqual(['old critical in the backup', 'new critical since'])
  await relay.kill()
  await relay.restart()
  expect(await relay.destination('mom1')).toMatchObject({ state: 'flowing' })
})

test('a relay that is killed again and again is never taken for a restored one', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  for (let n = 0; n < 8; n += 1) {
    const sending = Promise.allSettled(Array.from({ length: 40 }, (_, i) => relay.alert({ resource: `${n}-${i}` })))
    if (n % 2 === 0) await sending
    await relay.kill()
    await sending
    await relay.restart()
    expect(await relay.destination('mom1')).toMatchObject({ state: expect.not.stringMatching(/held/) })
  }
  expect(relay.log.filter(({ msg }) => msg.startsWith('all destinations are held'))).toEqual([])
})

test('a destination is renamed, removed and put back without losing what waits', async () => {
  const { sink, relay, run } = await two()
  await run('hold', 'mom1', '--reason', 'later')
  await relay.alert({ group: 'one', text: 'waits' })
  await relay.stop()
  reconfigure(relay, [])
  await relay.restart()
  expect(await relay.destination('mom1')).toMatchObject({ state: 'removed', queued: 1 })
  expect((await run('discard-queued', 'mom1')).stdout).toContain('would be discarded from the queue of mom1: 1')
  await relay.stop()
  reconfigure(relay, [{ name: 'new', formerly: ['mom1'], url: sink.url }])
  await relay.restart()
  expect(await relay.destination('new')).toMatchObject({ state: 'held', why: 'later', queued: 1 })
  expect(relay.log.filter(({ msg }) => msg === 'destination renamed')).toMatchObject([{ before: 'mom1', rows: 1 }])
  await run('release', 'new')
  await relay.drained()
  expect(sink.got()).toEqual(['web01 critical waits'])
})

test('an ack reaches the right alert of another server under the same name, not what that calls so', async () => {
  const destination = (url: string) => ({ name: 'mom1', url, backoff: { first: '50ms', ceiling: '400ms' } })
  const before = await startSink()
  // it knows the alert by an id of its own
  await seed(before, { id: 'theirs', resource: 'web01' })
  const relay = await startRelay({ destinations: [destination(before.url)] })
  const { body } = await relay.alert({ text: 'raised' })
  await relay.drained()
  await relay.stop()

  const after = await startSink()
  await seed(after, { id: 'theirs', resource: 'another' })
  await seed(after, { id: 'right', resource: 'web01' })
  reconfigure(relay, [destination(after.url)])
  await relay.restart()
  const told = 'another server under the same name, its ids are forgotten: resync it'
  expect(relay.log.filter(({ msg }) => msg === told)).toMatchObject([{ destination: 'mom1', aliases: 1 }])
  await relay.action(body.id as string, 'ack')
  await relay.drained()
  expect(await statusOf(after, 'right')).toBe('ack')
  expect(await statusOf(after, 'theirs')).toBe('open')
})

const seed = async (sink: TestSink, alert: object) => {
  const answer = await fetch(`${sink.url}/alert`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      event: 'NodeDown',
      environment: 'Production',
      severity: 'critical',
      service: ['Web'],
      ...alert,
    }),
  })
  expect(answer.status).toBe(201)
}
const statusOf = async (sink: TestSink, id: string) => {
  const answer = (await (await fetch(`${sink.url}/alert/${id}`)).json()) as { alert?: { status: string } }
  return answer.alert?.status
}
