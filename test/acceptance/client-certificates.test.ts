import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createAuthority, type Issued } from '../faults/authority.js'
import { runCommand } from './command.js'
import { killAll, startRelay } from './relay.js'

const authority = createAuthority()
const servers: { close(): unknown }[] = []
afterEach(killAll)
afterAll(() => {
  for (const server of servers) server.close()
  authority.end()
})

/** An Alerta that talks only to those whose certificate the authority signed, and notes the serial numbers. */
async function startStrict(): Promise<{ url: string; serials: string[] }> {
  const serials: string[] = []
  const own = authority.issue({ name: 'IP:127.0.0.1' })
  const options = { ...own, ca: readFileSync(authority.path), requestCert: true, rejectUnauthorized: true }
  const server = createServer(options, (request, response) => {
    serials.push((request.socket as TLSSocket).getPeerCertificate().serialNumber)
    request.resume().on('end', () => {
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"status":"ok","id":"1","alert":{}}')
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, serials }
}

test('a destination that wants to see a certificate is shown one, and after a reload the one that was renewed', async () => {
  const { url, serials } = await startStrict()
  const dir = mkdtempSync(join(tmpdir(), 'certificates-'))
  const [cert, key] = [join(dir, 'relay.pem'), join(dir, 'relay.key')]
  const install = (issued: Issued) => {
    writeFileSync(cert, issued.cert)
    writeFileSync(key, issued.key)
  }
  install(authority.issue({ name: 'DNS:relay.example.com' }))
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url, ca: authority.path, client_cert: cert, client_key: key }],
  })
  await relay.alert({ text: '1' })
  await relay.drained()
  install(authority.issue({ name: 'DNS:relay.example.com' }))
  expect(await runCommand(relay.dir, 'reload')).toMatchObject({ code: 0, stdout: 'changed: mom1\n' })
  await relay.alert({ text: '2' })
  await relay.drained()
  expect(new Set(serials).size).toBe(2)

  writeFileSync(key, authority.issue({ name: 'DNS:relay.example.com' }).key)
  const check = await runCommand(relay.dir, 'check')
  expect(check).toMatchObject({ code: 2, stderr: expect.stringMatching(/client_key.* are no pair/) })
  expect(await runCommand(relay.dir, 'reload')).toMatchObject({ code: 2, stderr: expect.stringMatching(/are no pair/) })
  await relay.alert({ text: '3' })
  await relay.drained()
  expect(serials).toHaveLength(3)
})
