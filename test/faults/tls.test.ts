import { createConnection, type Socket } from 'node:net'
import { createServer, type Server } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, killAll, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { closeSinks, startSink, type TestSink } from '../acceptance/sink.js'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { attemptsAt, QUICK, TALKATIVE } from './attempts.js'
import { createAuthority, type Issued } from './authority.js'

const authority = createAuthority()
const GOOD = authority.issue({ name: 'IP:127.0.0.1' })
const open = new Set<Socket>()
let sink: TestSink
let server: Server
let relay: RelayProcess

beforeAll(async () => {
  sink = await startSink()
  const port = await freePort()
  server = await startTls(port, Number(new URL(sink.url).port))
  relay = await startRelay({
    config: TALKATIVE,
    destinations: [
      {
        name: 'mom1',
        url: `https://127.0.0.1:${port}`,
        ca: authority.path,
        auth: { type: 'key', key: 'a-key' },
        fold: false,
        ...QUICK,
      },
    ],
  })
})
afterAll(async () => {
  killAll()
  server.close()
  await closeSinks()
  authority.end()
})

/** As a server that is started again with another certificate. */
function present(certificate: Issued): void {
  server.setSecureContext(certificate)
  for (const client of open) client.destroy()
}

/** Takes the encryption off and passes the rest on. */
function startTls(port: number, target: number): Promise<Server> {
  const tls = createServer(GOOD, (client) => {
    open.add(client.on('close', () => open.delete(client)))
    const inside = createConnection({ port: target, host: '127.0.0.1' })
    client.on('error', () => inside.destroy()).pipe(inside)
    inside.on('error', () => client.destroy()).pipe(client)
  })
  return new Promise((resolve) => tls.listen(port, '127.0.0.1', () => resolve(tls)))
}

const CERTIFICATES: readonly (readonly [what: string, certificate: Issued, note: string])[] = [
  [
    'has expired',
    authority.issue({ name: 'IP:127.0.0.1', from: '20200101000000Z', to: '20200201000000Z' }),
    'certificate has expired (CERT_HAS_EXPIRED)',
  ],
  [
    'is not valid yet',
    authority.issue({ name: 'IP:127.0.0.1', from: '20900101000000Z', to: '20900201000000Z' }),
    'certificate is not valid yet (CERT_NOT_YET_VALID)',
  ],
  [
    'is for another name',
    authority.issue({ name: 'DNS:other.example.com' }),
    'certificate is for another host name (ERR_TLS_CERT_ALTNAME_INVALID)',
  ],
  [
    'nobody known has signed',
    createAuthority().issue({ name: 'IP:127.0.0.1' }),
    'certificate chain incomplete or authority unknown (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
  ],
]

test.each(CERTIFICATES.map((row, i) => [row[0], i] as const))(
  'a certificate that %s: nothing is sent, not even the credential; with a good one everything is delivered',
  async (_what, number) => {
    const [, certificate, note] = CERTIFICATES[number] as (typeof CERTIFICATES)[number]
    present(certificate)
    const before = sink.requests().length
    const answers: Answer[] = []
    for (const i of [0, 1, 2]) answers.push(await relay.alert({ resource: `tls${number}`, text: `${i}` }))
    const seen = () => attemptsAt(relay, 'mom1', answers)
    await waitFor('two attempts', seen, (attempts) => attempts.length >= 2)
    for (const attempt of seen()) expect(attempt).toMatchObject({ outcome: 'retry', note, to: 'queued' })
    expect(sink.requests()).toHaveLength(before)
    expect(await relay.destination('mom1')).toMatchObject({ queued: 3, dead: 0, lastFailure: { note } })

    present(GOOD)
    await relay.drained()
    expect(sink.got().slice(-3)).toEqual([0, 1, 2].map((i) => `tls${number} critical ${i}`))
  },
)
