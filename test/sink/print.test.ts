import { expect, onTestFinished, test, vi } from 'vitest'
import { SinkRefused, sink, startSink } from '../../src/cli/sink.js'
import { format } from '../../src/sink/print.js'
import type { Received } from '../../src/sink/received.js'

const RECEIVED: Received = {
  at: '2026-11-21T08:16:10.123Z',
  method: 'POST',
  path: '/api/alert',
  headers: {},
  body: '{}',
  what: 'major Production/web01/NodeDown',
  who: 'hawk relay1',
  behaved: null,
  status: 201,
}

test('a request is one line', () => {
  expect(format(RECEIVED, false)).toBe(
    '08:16:10.123 POST   /api/alert 201 major Production/web01/NodeDown by hawk relay1',
  )
})
test('the way it came is another', () => {
  const headers = { 'x-alerta-loop': 'http://edge:1,http://hub:2' }
  expect(format({ ...RECEIVED, headers, what: '', who: null }, false)).toBe(
    '08:16:10.123 POST   /api/alert 201\n             via http://edge:1 > http://hub:2',
  )
})
test('it shows that no answer went out, and why', () => {
  expect(format({ ...RECEIVED, what: '', who: null, behaved: 'reset', status: null }, false)).toBe(
    '08:16:10.123 POST   /api/alert no answer (reset)',
  )
})
test('nothing that came acts on the terminal', () => {
  const evil = 'a\u001b[2Jb\nc\u202e'
  const line = format(
    { ...RECEIVED, what: evil, who: evil, path: `/${evil}`, headers: { 'x-alerta-loop': evil } },
    false,
  )
  expect(line.split('\n')).toHaveLength(2)
  expect(line.replace('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})
test('colours are for terminals', () => {
  expect(format(RECEIVED, true)).toContain('\u001b[32m201\u001b[39m')
})

function io(isTTY = false) {
  const out: string[] = []
  const err: string[] = []
  return {
    out,
    err,
    stdout: { isTTY, write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
    env: {},
    signal: AbortSignal.abort(),
  }
}

async function started(command: Omit<Parameters<typeof startSink>[0], 'listen'>, isTTY = false) {
  const to = io(isTTY)
  const listening = await startSink({ listen: '127.0.0.1:0', ...command }, to)
  onTestFinished(listening.close)
  return { ...to, ...listening }
}

test('the command says where it listens and prints what comes', async () => {
  const { out, url } = await started({})
  await fetch(`${url}/api/config`)
  expect(out[0]).toMatch(`sink listens on ${url} and checks no credentials\n`)
  expect(out[1]).toMatch(/^\S+ GET {4}\/api\/config 200\n$/)
})
test('--quiet prints no requests', async () => {
  const { out, url } = await started({ quiet: true, key: ['k'] })
  await fetch(`${url}/config`)
  expect(out).toHaveLength(1)
  expect(out[0]).toContain('wants a right credential')
})
test('--json prints them as JSON and nothing else', async () => {
  const { out, url } = await started({ json: true }, true)
  await fetch(`${url}/config`)
  expect(out.map((line) => JSON.parse(line) as object)).toMatchObject([{ method: 'GET', path: '/config', status: 200 }])
})
test.each([
  [{ listen: 'nonsense' }, 2, '"nonsense" is no address to listen on'],
  [{ listen: '127.0.0.1:0', baseUrl: 'north' }, 2, '"north" is no base URL'],
  [{ listen: '127.0.0.1:0', keep: Number.NaN }, 2, 'is no whole number'],
  [{ listen: '127.0.0.1:0', basic: ['ops'] }, 2, 'a basic credential is user:password'],
])('%o ends with %d', async (command, code, message) => {
  const to = io()
  expect(await sink(command, to)).toBe(code)
  expect(to.err.join('')).toContain(message)
  expect(to.err.join('')).toContain('hint: ')
})
test('it runs until it is told to stop, and ends with 0', async () => {
  const stop = new AbortController()
  const to = { ...io(), signal: stop.signal }
  const code = sink({ listen: '127.0.0.1:0' }, to)
  await vi.waitFor(() => expect(to.out).toHaveLength(1))
  const [, url = ''] = /(http:\S+)/.exec(to.out[0] ?? '') ?? []
  expect((await fetch(`${url}/config`)).status).toBe(200)
  stop.abort()
  expect(await code).toBe(0)
  await expect(fetch(`${url}/config`)).rejects.toThrow()
})
test('an address that is taken is told, with exit code 1', async () => {
  const { port } = await started({})
  const command = { listen: `127.0.0.1:${port}` }
  await expect(startSink(command, io())).rejects.toThrow(SinkRefused)
  const to = io()
  expect(await sink(command, to)).toBe(1)
  expect(to.err.join('')).toContain('EADDRINUSE')
})
