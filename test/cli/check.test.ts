import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { check } from '../../src/cli/check.js'
import { httpPeer, httpsPeer, selfSigned } from '../egress/servers.js'

const KEY = 'auth: { api_keys: [{ key: s3cr3t-key, scopes: [admin] }] }\n'

async function run(text: string, { probe = false, env = {} }: { probe?: boolean; env?: NodeJS.ProcessEnv } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'relay-check-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const config = join(directory, 'relay.yaml')
  writeFileSync(config, text)
  let out = ''
  let err = ''
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    env,
  }
  const code = await check({ config, probe }, io)
  return { code, out, err, findings: out.split('\n').filter((line) => /^(ok|warn|fail) /.test(line)) }
}

/** Answers /config and /alerts/count as Alerta does, wanting one API key. */
const alerta =
  (endpoint: () => string, key = 's3cr3t-key'): RequestListener =>
  (request, response) => {
    const known = request.headers.authorization === `Key ${key}`
    const isConfig = request.url?.endsWith('/config') === true
    const body = isConfig
      ? { endpoint: endpoint() }
      : known
        ? { status: 'ok', total: 0 }
        : { status: 'error', message: 'no' }
    response.writeHead(isConfig || known ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }

test('a right file: what is in force on standard output, without secrets, and warnings beside it', async () => {
  const { code, out, err } = await run(KEY, { env: { BASE_URL: 'https://relay.example.com' } })
  expect(code).toBe(0)
  expect(parse(out)).toMatchObject({ base_url: 'https://relay.example.com', auth: { api_keys: [{ key: '***' }] } })
  expect(err).toBe('warn  destinations: is empty: messages are accepted and journalled, but go nowhere\n')
  expect(out + err).not.toContain('s3cr3t')
})

test('a wrong file: every problem on standard error, and nothing else', async () => {
  const { code, out, err } = await run(`${KEY}listen: x\nlimits: { hops: 0, bodi: 1MiB }\n`)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err.split('\n').filter((line) => line !== '')).toEqual([
    expect.stringMatching(/^fail {2}listen \(line 2\): /),
    expect.stringMatching(/^fail {2}limits\.hops \(line 3\): /),
    expect.stringMatching(/^fail {2}limits\.bodi \(line 3\): is not a known key; did you mean body\?/),
  ])
})

test('a file that is not there is wrong configuration', async () => {
  let err = ''
  const io = { stdout: { write: () => {} }, stderr: { write: (text: string) => (err += text) }, env: {} }
  expect(await check({ config: '/nowhere/relay.yaml', probe: true }, io)).toBe(2)
  expect(err).toContain('cannot read /nowhere/relay.yaml (ENOENT)')
})

test('a certificate file that is not there is found before the start', async () => {
  const { code, err } = await run(
    `${KEY}destinations: [{ name: a, url: "https://a.example.com", ca: /nowhere/ca.pem }]`,
  )
  expect(code).toBe(2)
  expect(err).toMatch(/^fail {2}destinations\[0\]\.ca: cannot read \/nowhere\/ca\.pem; set "ca" to a readable PEM file/)
})

test('a probe tells of every destination, and fails when one does', async () => {
  const good = await httpPeer(alerta(() => `${good.url}/api`))
  const strict = await httpPeer(alerta(() => strict.url, 'another-key'))
  const dead = await httpPeer(() => {})
  await dead.close()
  const entry = (name: string, url: string) =>
    `  - { name: ${name}, url: "${url}", auth: { type: key, key: s3cr3t-key } }\n`
  const destinations = `destinations:\n${entry('good', `${good.url}/api`)}${entry('strict', strict.url)}${entry('dead', dead.url)}`

  const { code, findings } = await run(KEY + destinations, { probe: true })
  expect(code).toBe(1)
  expect(findings).toEqual([
    'ok    good: reachable over http',
    'ok    good: its clock agrees with ours',
    'ok    good: takes our credential (key)',
    `ok    good: calls itself ${good.url}/api, as configured`,
    'ok    strict: reachable over http',
    'ok    strict: its clock agrees with ours',
    'fail  strict: does not serve a request with our credential: answered 401: no',
    `ok    strict: calls itself ${strict.url}, as configured`,
    'fail  dead: cannot be reached: connection refused (ECONNREFUSED)',
  ])
})

test('a probe sees whether the certificate holds', async () => {
  const certificate = selfSigned('IP:127.0.0.1')
  const peer = await httpsPeer(
    certificate,
    alerta(() => peer.url),
  )
  const entry = (more: string) =>
    `${KEY}destinations: [{ name: mom1, url: "${peer.url}", auth: { type: key, key: s3cr3t-key }, ${more} }]`

  const unknown = await run(entry(''), { probe: true })
  expect(unknown.code).toBe(1)
  expect(unknown.findings).toEqual([expect.stringContaining('fail  mom1: cannot be reached: self-signed certificate')])

  const named = await run(entry(`ca: "${certificate.path}"`), { probe: true })
  expect(named.code).toBe(0)
  expect(named.findings[0]).toBe('ok    mom1: reachable over https, and its certificate is valid')
})
