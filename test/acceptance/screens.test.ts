import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { runCommand } from './command.js'
import { killAll, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const run = (relay: RelayProcess, ...args: string[]) => runCommand(relay.dir, ...args)
const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** One destination that is well and one that refuses the credential. */
async function world(): Promise<RelayProcess> {
  const [well, ill] = [await startSink(), await startSink()]
  ill.behave({ mode: 'status', status: 401 })
  const relay = await startRelay({
    destinations: [
      { name: 'mom1', url: well.url },
      { name: 'mom2', url: ill.url, match: { severity: 'critical' }, backoff: { first: '10m', ceiling: '30m' } },
    ],
  })
  await relay.alert({ resource: 'web01', event: 'NodeDown' })
  await relay.alert({ resource: 'web02', event: 'NodeDown' })
  await waitFor(
    'the suspension',
    () => relay.destination('mom2'),
    ({ state }) => state === 'suspended',
  )
  await waitFor(
    'the deliveries to mom1',
    () => relay.destination('mom1'),
    ({ queued }) => queued === 0,
  )
  return relay
}

test('status says in one screen that something is stuck, where, since when, why, and what comes next', async () => {
  const relay = await world()
  const { code, stdout } = await run(relay, 'status')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^alerta-relay \S+ +up \d+s +in [\d.]+\/s +out [\d.]+\/s +disk .* free +database .*iB\n/)
  expect(stdout).toMatch(/\n1 of 2 destinations needs a look: 1 suspended\n/)
  expect(stdout).toMatch(
    /\nmom2 +suspended +2 +\d+s +0 +0 +probe in \d+m +Production\/web01 \d+s.*told to misbehave.*\n/,
  )
  expect(stdout).toMatch(/\n {2}.*the credential is wrong or has expired/)
  expect(stdout).toMatch(/\nmom1 +flowing +0 +- +0 +[\d.]+ +-/)
  const page = await run(relay, 'status', 'mom2')
  expect(page.stdout).toMatch(/^mom2: suspended\n/)
  expect(page.stdout).toMatch(/\nwhy +.*told to misbehave/)
  expect(page.stdout).toMatch(/\n {2}Production\/web02 NodeDown +1 +\d+s/)
  expect(page.stdout).toMatch(/\n {2}alerta-relay release mom2 +let it go/)
  expect(jsonLines((await run(relay, 'status', '--json')).stdout)).toMatchObject([
    { name: 'mom2', slowestLane: { lane: 'Production/web01' }, trouble: { rank: 0 } },
    { name: 'mom1', trouble: null },
  ])
  expect(await run(relay, 'status', 'mum')).toMatchObject({
    code: 1,
    stderr: 'status: no destination is named mum; there are mom1, mom2\n',
  })
})

test('queue, top and senders tell what waits how long, and who sends', async () => {
  const relay = await world()
  expect((await run(relay, 'queue')).stdout.split('\n')).toEqual([
    'destination  total  <1m  <5m  <20m  <1h  <4h  <1d  >1d',
    'mom2             2    2    -     -    -    -    -    -',
    'mom1             0    -    -     -    -    -    -    -',
    'all              2    2    -     -    -    -    -    -',
    '',
  ])
  expect(jsonLines((await run(relay, 'queue', '--json')).stdout)).toMatchObject([
    { name: 'mom1', total: 0 },
    { name: 'mom2', total: 2 },
  ])
  expect((await run(relay, 'queue', 'mom2')).stdout).toMatch(/^2 queued in 2 lanes\n/)
  // into a pipe it is one frame
  expect((await run(relay, 'top')).stdout).toMatch(/^alerta-relay .*\n1 of 2 destinations needs a look/)
  expect((await run(relay, 'senders')).stdout).toMatch(/\nkey test +127\.0\.0\.1 +[\d.]+ +2 +- +/)
})

test('explain tells from a file, from standard input and by id who would get an alert, and sends nothing', async () => {
  const relay = await world()
  const file = join(relay.dir, 'alert.json')
  writeFileSync(file, JSON.stringify({ resource: 'db', event: 'Slow', environment: 'Production', severity: 'minor' }))
  const told = await run(relay, 'explain', file)
  expect(told).toMatchObject({ code: 0, stderr: '' })
  expect(told.stdout).toMatch(/^the sender is answered 201\nProduction\/db Slow, minor, open, new to the relay\n/)
  expect(told.stdout).toMatch(
    /\nmom1 {2}goes: .*\n {2}POST http:\/\/127.*\/alert, credential: none\n {2}lane Production\/db\n/,
  )
  expect(told.stdout).toMatch(/\nmom2 {2}does not go: severity is minor, wanted is critical\n/)
  expect(await relay.destination('mom1')).toMatchObject({ queued: 0 })
  expect((await relay.status()).counters['accepted.alert']).toBe(2)
  writeFileSync(file, '{"resource": 1}')
  expect(await run(relay, 'explain', file)).toMatchObject({ code: 1, stdout: expect.stringMatching(/answered 400: /) })
  writeFileSync(file, 'no JSON')
  expect(await run(relay, 'explain', file)).toMatchObject({ code: 2, stderr: expect.stringMatching(/is not JSON/) })
  expect((await run(relay, 'explain', 'no-such-alert')).stderr).toBe('explain: no alert has the id no-such-alert\n')
})

/** A command that goes on, and what it has said so far. */
function follow(relay: RelayProcess, ...args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args, '--config', join(relay.dir, 'relay.yaml')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => (said.out += chunk))
  child.stderr?.on('data', (chunk) => (said.err += chunk))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    said,
    hears: (text: RegExp) =>
      waitFor(
        `${text}`,
        () => said.out + said.err,
        (all) => text.test(all),
      ),
    interrupt: () => {
      child.kill('SIGINT')
      return ended
    },
  }
}

test('tail shows what happens, goes on by itself when the relay is killed and started again, and says so', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  expect(await run(relay, 'tail', '--destination', 'mom9')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no destination is named mom9'),
  })
  const tail = follow(relay, 'tail', '--destination', 'mom1')
  await relay.alert({ id: 'first-one' })
  await tail.hears(/message accepted +alert first-one +→ mom1 /)
  await tail.hears(/delivery attempted +alert first-one → mom1 +delivered 201 +\d+ ms\n/)
  await relay.kill()
  await tail.hears(/-- the relay has gone, waiting for it\n/)
  await relay.restart()
  await tail.hears(/-- the relay is back\n/)
  await tail.hears(/-- the relay was restarted: what it did before stands in its log\n/)
  await relay.alert({ id: 'second-one', resource: 'web02' })
  await tail.hears(/message accepted +alert second-one /)
  expect(tail.said.out.match(/first-one /g)).toHaveLength(2)
  expect(await tail.interrupt()).toBe(0)
})

test('tail goes on exactly after an event whose id it is given', async () => {
  const relay = await startRelay({ destinations: [] })
  for (const id of ['a1', 'a2', 'a3']) await relay.alert({ id, resource: id })
  const first = follow(relay, 'tail', '--json', '--grep', 'message accepted')
  await first.hears(/"alert":"a3"/)
  await first.interrupt()
  const events = jsonLines(first.said.out)
  expect(events.map(({ alert }) => alert)).toEqual(['a1', 'a2', 'a3'])
  const second = follow(relay, 'tail', '--json', '--after', String(events[0]?.id))
  await second.hears(/"alert":"a3"/)
  await second.interrupt()
  expect(jsonLines(second.said.out)).toEqual(events.slice(1))
  expect(second.said.err).toBe('')
})

test('where no relay runs tail says so at once', async () => {
  const relay = await startRelay({ destinations: [] })
  await relay.stop()
  expect(await run(relay, 'tail')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^tail: no relay runs/) })
})

test('the names of commands, options and destinations are completed', async () => {
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }] })
  const config = join(relay.dir, 'relay.yaml')
  const complete = (...words: string[]) => {
    const { stdout } = spawnCompletion(config, words)
    return stdout
  }
  expect(await complete('sta')).toEqual(['status'])
  expect(await complete('hold', '')).toEqual(['mom1'])
  expect(await complete('tail', '--destination', 'm')).toEqual(['mom1'])
  expect(await complete('tail', '--gr')).toEqual(['--grep'])
})

/** The suggestions, without what is said of them. */
function spawnCompletion(config: string, words: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'complete', '--', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ALERTA_RELAY_CONFIG: config },
  })
  let out = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  const stdout = new Promise<string[]>((resolve) =>
    child.once('close', () => {
      const lines = out.split('\n').filter((line) => line !== '' && !line.startsWith(':'))
      resolve(lines.map((line) => line.split('\t')[0] ?? ''))
    }),
  )
  return { stdout }
}
