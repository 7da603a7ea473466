import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { createAuthority } from '../faults/authority.js'
import { scratchDir } from '../support/scratch.js'
import { waitFor } from '../support/wait.js'
import { runCommand, runRemote } from './command.js'
import { KEY, killAll, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const READER = { key: 'reader-key', scopes: ['read:management'], text: 'reader' }
const auth = { api_keys: [{ key: KEY, scopes: ['admin'], text: 'test' }, READER] }

async function world(config: object = {}) {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }], config: { auth, ...config } })
  const env = { ALERTA_RELAY_URL: relay.url, ALERTA_RELAY_KEY: KEY }
  return { sink, relay, env, run: (...args: string[]) => runRemote(env, ...args) }
}

const use = (relay: RelayProcess, key: string) => relay.alert({ text: key }, { authorization: `Key ${key}` })

test('an operator far away does over HTTP what others do over the socket, and the audit tells them apart', async () => {
  const { sink, relay, run } = await world()
  expect(await run('hold', 'mom1', '--reason', 'from afar')).toMatchObject({
    ...{ code: 0, stdout: 'mom1 is held: from afar\n' },
  })
  await relay.alert({ text: 'waits' })
  expect(await run('status')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^mom1 +held +1 /m) })
  expect((await runCommand(relay.dir, 'release', 'mom1')).code).toBe(0)
  await relay.drained()
  expect(sink.got()).toHaveLength(1)
  // lines, not one answer
  expect((await run('diff', 'mom1', '--json')).stdout).toMatch(/"kind":"summary"/)
  const audited = await run('audit', '--json')
  expect(
    audited.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { who: 'key test', from: '127.0.0.1', command: 'hold', result: 'done', fields: { reason: 'from afar' } },
    { who: 'operator socket', from: 'socket', command: 'release', result: 'done' },
  ])
})

test('the key can stand in a file, and is never asked for on the command line', async () => {
  const { relay } = await world()
  const file = `${scratchDir('key-')}/key`
  writeFileSync(file, `${KEY}\n`)
  expect(await runRemote({}, 'status', '--url', relay.url, '--key-file', file)).toMatchObject({ code: 0 })
  expect(await runRemote({}, 'status', '--url', relay.url, '--key-file', '/nowhere')).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining('the key cannot be read') },
  })
  expect((await runRemote({}, 'status', '--help')).stdout).not.toContain('--key <')
})

test('what is wrong is told in words', async () => {
  const { relay, sink } = await world()
  const status = (url: string, key?: string) =>
    runRemote(key === undefined ? {} : { ALERTA_RELAY_KEY: key }, 'status', '--url', url)
  const host = new URL(relay.url).host
  expect(await status(relay.url)).toMatchObject({ code: 1, stderr: expect.stringContaining('wants a key') })
  expect(await status(relay.url, 'wrong')).toMatchObject({
    ...{ code: 1, stderr: `status: ${host} does not take this key: API key is invalid\n` },
  })
  const reader = { ALERTA_RELAY_URL: relay.url, ALERTA_RELAY_KEY: READER.key }
  expect(await runRemote(reader, 'hold', 'mom1', '-r', 'x')).toMatchObject({
    ...{ code: 1, stderr: 'hold: Missing required scope: admin:management\n' },
  })
  expect(await status(sink.url, KEY)).toMatchObject({
    ...{ code: 1, stderr: expect.stringMatching(/answers \(404\), but not as a relay .* is operators\.http on/) },
  })
  expect((await status('http://127.0.0.1:1', KEY)).stderr).toBe('status: nobody listens on 127.0.0.1:1\n')
  expect(await status('http://relay.example.com', KEY)).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining('in clear: use https') },
  })
  expect(await status('relay.example.com', KEY)).toMatchObject({ code: 2 })
  await relay.kill()
  expect((await status(relay.url, KEY)).stderr).toContain('nobody listens')
})

/** Somebody else's server that answers so. */
async function stranger(status: number, headers: Record<string, string>, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status, headers).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each([
  ['a login page', 200, { 'content-type': 'text/html' }, '<html>', /not as a relay does/],
  ['a proxy that has lost its relay', 502, { 'content-type': 'text/html' }, '<html>', /answers \(502\)/],
  ['a redirect', 302, { location: 'https://sso.example.com/' }, '', /sends elsewhere \(302, https:\/\/sso/],
  [
    ...(['an older relay', 404, { 'x-alerta-relay': '0.0.1', 'content-type': 'application/json' }] as const),
    ...([
      '{"status":"error","message":"nothing is here: GET /status"}',
      /the relay \(0\.0\.1\) does not know/,
    ] as const),
  ],
])('what is no relay of now is told from one: %s', async (_, status, headers, body, words) => {
  const url = await stranger(status, headers, body)
  const ran = await runRemote({ ALERTA_RELAY_KEY: KEY }, 'status', '--url', url)
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(words) })
  expect(ran.stderr).not.toContain('    at ')
})

test('the certificate of the relay is checked', async () => {
  const { relay } = await world({ operators: { hosts: ['localhost'] } })
  const authority = createAuthority()
  onTestFinished(authority.end)
  const proxy = createTlsServer(authority.issue({ name: 'DNS:localhost' }), (incoming, outgoing) => {
    const { method, url, headers } = incoming
    const asking = request(relay.url + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(asking)
  })
  await new Promise<void>((resolve) => proxy.listen(0, resolve))
  onTestFinished(() => void proxy.close())
  const env = {
    ALERTA_RELAY_URL: `https://localhost:${(proxy.address() as AddressInfo).port}`,
    ALERTA_RELAY_KEY: KEY,
  }
  expect(await runRemote(env, 'status')).toMatchObject({
    ...{
      code: 1,
      stderr: expect.stringMatching(/certificate of localhost:\d+ cannot be trusted .*NODE_EXTRA_CA_CERTS/),
    },
  })
  expect(await runRemote({ ...env, NODE_EXTRA_CA_CERTS: authority.path }, 'status')).toMatchObject({ code: 0 })
})

test('the log tells more for a while, and then as much as before', async () => {
  const { relay, run } = await world()
  const debug = () => relay.log.filter(({ level }) => level === 'debug').length
  expect((await run('log')).stdout).toBe('the log has the level info\n')
  await use(relay, 'wrong')
  await use(relay, 'wrong')
  expect(debug()).toBe(0)
  expect((await run('log', 'loud')).code).toBe(2)
  const changed = await run('log', 'debug', '--for', '2s')
  expect(changed.stdout).toMatch(/^the log has the level debug until \S+, then info again\n$/)
  await use(relay, 'wrong')
  await waitFor('a line of level debug', debug, (count) => count > 0)
  await waitFor(
    'the level to be as it was',
    () => run('log'),
    ({ stdout }) => stdout === 'the log has the level info\n',
  )
  const before = debug()
  await use(relay, 'wrong')
  await relay.stop()
  expect(debug()).toBe(before)
})

test('a test alert is followed to where it goes', async () => {
  const { sink, run } = await world()
  const sent = await run('send', '--resource', 'nowhere', '--wait')
  expect(sent).toMatchObject({ code: 0, stderr: '' })
  expect(sent.stdout).toMatch(
    /^taken as message \S+ about alert \S+, queued for mom1\nmom1: delivered, answered 201, try 1/,
  )
  const [received] = sink.requests()
  expect(JSON.parse(String(received?.body))).toMatchObject({
    ...{ resource: 'nowhere', event: 'TestAlert', severity: 'informational', tags: ['alerta-relay-test'] },
  })
  const id = / about alert (\S+),/.exec(sent.stdout)?.[1] ?? ''
  expect(await run('send', '--action', 'ack', '--id', id, '--wait')).toMatchObject({ code: 0 })
  expect(sink.got().at(-1)).toContain('ack')

  sink.behave({ mode: 'status', status: 422 })
  const refused = await run('send', '--severity', 'critical', '--wait', '--json')
  expect(refused.code).toBe(1)
  expect(JSON.parse(refused.stdout)).toMatchObject({
    deliveries: [{ destination: 'mom1', state: 'dead', httpStatus: 422 }],
  })
  expect(await run('send', '--severity', 'loud')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Severity'),
  })
})

test('a test alert is refused while senders are, for the disk is nearly full', async () => {
  const { run } = await world({ limits: { min_free_disk: '1000000GiB' } })
  expect(await run('send')).toMatchObject({ code: 1, stderr: expect.stringContaining('The disk is nearly full') })
})

test('the audit file is written beside the database, and made anew after logrotate and a SIGHUP', async () => {
  const dir = scratchDir('audit-')
  const path = `${dir}/audit.log`
  const { relay, run } = await world({ log: { format: 'json', audit: path } })
  await run('hold', 'mom1', '-r', 'first')
  renameSync(path, `${path}.1`)
  process.kill(relay.pid, 'SIGHUP')
  await waitFor(
    'the reload',
    () => relay.log.some(({ msg }) => /^configuration (not )?reloaded$/.test(msg)),
    (done) => done,
  )
  await run('release', 'mom1')
  const commands = (file: string) =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).command)
  expect([commands(`${path}.1`), commands(path)]).toEqual([['hold'], ['release']])
})
