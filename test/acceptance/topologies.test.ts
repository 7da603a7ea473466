import { afterEach, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.js'
import { waitFor } from '../support/wait.js'
import { cutAll, forwarderOf, layLine, sections, startWorld } from './documented.js'
import { startPlainAlerta, stopPlainAlertas } from './plain-alerta.js'
import { ALERT, KEY, killAll } from './relay.js'
import { closeSinks, startSink, type TestSink } from './sink.js'

// The promises of docs/topologies.md, one test or more a section, with the configurations that stand there.
const SITES = 'Sites under a manager of managers'
const PAIR = 'Active-active pair'
const CHAIN = 'Chain'
const PARTNERS = 'Two managers of managers that are partners'
const OTHER = 'A system that is not Alerta'
const WATCH = 'Watching what goes out'
const PLUGIN = "Alerta's forwarder plugin in front of the relay"

/** Alerts in one lane, none of which repeats another, or it would be folded. */
const about = (i: number) => ({ id: `z${i}`, event: `Event${i}`, text: `${i}` })

afterEach(async () => {
  killAll()
  cutAll()
  await stopPlainAlertas()
  await closeSinks()
})

test('every section of the page with a configuration is tested here', () => {
  expect([...sections.keys()]).toEqual([SITES, PAIR, CHAIN, PARTNERS, OTHER, WATCH, PLUGIN])
})

test.each([...sections])('%s: check finds nothing to say about the configurations', (_title, texts) => {
  for (const text of texts) {
    const names = [...text.matchAll(/\$\{(\w+)\}/g)].map((variable) => variable[1] as string)
    const env = Object.fromEntries(names.map((name) => [name, `value-of-${name}`]))
    expect(loadConfig(text, env)).toMatchObject({ ok: true, warnings: [] })
  }
})

test(`${SITES}: what is critical goes up with all that follows, the rest stays at its site`, async () => {
  const { sender, relay, sink, quiet } = await startWorld(SITES)
  const [site1, site2] = [sender('relay.site1.example.com'), sender('relay.site2.example.com')]
  await site1.alert({ id: 'm', resource: 'db01', severity: 'minor' })
  await site1.alert({ id: 'd', environment: 'Development' })
  await site1.alert({ id: 'x' })
  await site1.action('x', 'ack')
  await site1.action('m', 'ack')
  await site1.alert({ id: 'x', severity: 'normal' })
  await site1.delete('x')
  await site2.alert({ id: 'y', resource: 'web02' })
  await quiet()
  const [local1, local2, mom] = ['site1', 'site2', 'mom'].map((name) => sink(`alerta.${name}.example.com`).got())
  expect(local1?.filter((one) => one.startsWith('web01'))).toEqual(['web01 critical', 'web01 critical', 'web01 normal'])
  expect(local1).toContain('db01 minor')
  expect(local2).toEqual(['web02 critical'])
  expect(mom?.filter((one) => one !== 'web02 critical')).toEqual(['web01 critical', 'ack', 'web01 normal', 'delete'])
  expect(mom).toContain('web02 critical')

  await relay('relay.mom.example.com').kill()
  for (let i = 0; i < 10; i += 1) await site1.alert({ ...about(i), resource: 'web09' })
  await waitFor(
    'the site itself',
    () => sink('alerta.site1.example.com').got(),
    (got) => got.at(-1) === 'web09 critical 9',
  )
  await relay('relay.mom.example.com').restart()
  await quiet()
  const numbers = Array.from({ length: 10 }, (_, i) => `web09 critical ${i}`)
  expect(sink('alerta.mom.example.com').got().slice(-10)).toEqual(numbers)
})

test(`${PAIR}: each message once on each side, also after one of them was away`, async () => {
  const { sender, relay, sink, quiet } = await startWorld(PAIR)
  const [a, b] = [sender('relay.a.example.com'), sender('relay.b.example.com')]
  const sinks = [sink('alerta.a.example.com'), sink('alerta.b.example.com')]
  await a.alert({ id: 'x', resource: 'web01' })
  await b.alert({ id: 'y', resource: 'web02' })
  await quiet()
  await b.action('x', 'ack')
  await a.delete('y')
  await quiet()
  for (const one of sinks) expect([...one.got()].sort()).toEqual(['ack', 'delete', 'web01 critical', 'web02 critical'])

  await relay('relay.b.example.com').kill()
  for (let i = 0; i < 10; i += 1) await a.alert({ ...about(i), resource: 'web09' })
  await relay('relay.b.example.com').restart()
  await quiet()
  const numbers = Array.from({ length: 10 }, (_, i) => `web09 critical ${i}`)
  for (const one of sinks) expect(one.got().slice(4)).toEqual(numbers)
})

test(`${PAIR}: a load balancer that repeats an alert with an id at the other side doubles nothing`, async () => {
  const { sender, sink, quiet } = await startWorld(PAIR)
  for (const side of ['a', 'b']) {
    await sender(`relay.${side}.example.com`).alert({ id: 'x' })
    await quiet()
  }
  for (const side of ['a', 'b']) expect(sink(`alerta.${side}.example.com`).got()).toEqual(['web01 critical'])
})

test(`${PAIR}: with the plugin on both sides, what operators do in one Alerta reaches the other, once`, async () => {
  const stored: Record<string, TestSink> = { a: await startSink(), b: await startSink() }
  const urls: Record<string, string> = {}
  const { sender, quiet } = await startWorld(PAIR, {
    async others(address) {
      for (const side of ['a', 'b']) {
        const relay = { url: address(`relay.${side}.example.com`), key: 'value-of-PLUGIN_KEY' }
        urls[side] = await startPlainAlerta([{ url: (stored[side] as TestSink).url, key: KEY }, relay])
      }
      return { 'alerta.a.example.com': urls.a as string, 'alerta.b.example.com': urls.b as string }
    },
    edit(_host, { auth, destinations }) {
      auth.api_keys?.push({ key: 'value-of-PLUGIN_KEY', scopes: ['write', 'admin:alerts'] } as never)
      // the stand-in for Alerta answers below / only
      for (const one of destinations) one.url = one.url.replace(/\/api$/, '')
    },
  })
  await sender('relay.a.example.com').alert({ id: 'x', text: 'at a' })
  await quiet()
  await tell(urls.b as string, 'PUT', '/alert/x/action', { action: 'ack', text: '' })
  await quiet()
  await tell(urls.a as string, 'POST', '/alert', { ...ALERT, id: 'y', resource: 'web02' })
  await quiet()
  await tell(urls.b as string, 'DELETE', '/alert/y')
  await quiet()
  for (const side of ['a', 'b']) {
    expect(stored[side]?.got(), side).toEqual(['web01 critical at a', 'ack', 'web02 critical', 'delete'])
  }
})

test(`${CHAIN}: order, bytes, request id and message id are the same at the end`, async () => {
  const { relay, sender, sink, quiet } = await startWorld(CHAIN)
  const hosts = ['relay.edge.example.com', 'relay.hub.example.com', 'relay.core.example.com']
  const relays = hosts.map(relay)
  await relays[1]?.kill()
  const edge = sender('relay.edge.example.com')
  await edge.alert({ id: 'x', createTime: '2026-01-02T03:04:05.678Z', odd: [1] }, { 'x-request-id': 'req-1' })
  await edge.action('x', 'ack')
  await edge.alert({ id: 'x', severity: 'normal' })
  await edge.delete('x')
  await relays[1]?.restart()
  await quiet()
  const arrived = sink('alerta.core.example.com')
  expect(arrived.got()).toEqual(['web01 critical', 'ack', 'web01 normal', 'delete'])
  const [first] = arrived.requests()
  expect(first?.body).toBe(JSON.stringify({ ...ALERT, id: 'x', createTime: '2026-01-02T03:04:05.678Z', odd: [1] }))
  expect(first?.headers).toMatchObject({
    'x-request-id': 'req-1',
    'x-alerta-loop': relays.map(({ url }) => url).join(','),
  })
  const accepted = relays.map(({ log }) => log.find(({ msg }) => msg === 'message accepted'))
  expect(new Set(accepted.map((line) => line?.message)).size).toBe(1)
})

test(`${PARTNERS}: every message is delivered once at each of them`, async () => {
  const { relay, sender, sink, quiet } = await startWorld(PARTNERS)
  const mlm = sender('relay.mlm.example.com')
  await mlm.alert({ id: 'x' })
  await quiet()
  for (const action of ['ack', 'unack']) await mlm.action('x', action)
  await mlm.delete('x')
  await quiet()
  const sinks = [sink('alerta.mom1.example.com'), sink('alerta.mom2.example.com')]
  for (const one of sinks) expect(one.got()).toEqual(['web01 critical', 'ack', 'unack', 'delete'])
  for (const host of ['relay.mom1.example.com', 'relay.mom2.example.com']) {
    expect((await relay(host).status()).counters).toMatchObject({ 'suppressed.message id': expect.any(Number) })
  }
})

test(`${PARTNERS}: with one line cut all comes over the partner, and nothing again when it is mended`, async () => {
  let cut: Awaited<ReturnType<typeof layLine>> | undefined
  const { relay, sender, sink, quiet } = await startWorld(PARTNERS, {
    async edit(host, settings, address) {
      const mom1 = address('relay.mom1.example.com')
      cut ??= await layLine(mom1)
      if (host === 'relay.mom1.example.com') settings.also_known_as = [cut.url]
      if (host !== 'relay.mlm.example.com') return
      const [destination] = settings.destinations
      if (destination !== undefined) Object.assign(destination, { url: cut.url, base_url: mom1 })
    },
  })
  const mlm = sender('relay.mlm.example.com')
  for (let i = 0; i < 5; i += 1) await mlm.alert(about(i))
  const numbers = Array.from({ length: 5 }, (_, i) => `web01 critical ${i}`)
  await waitFor(
    'the partner',
    () => sink('alerta.mom1.example.com').got().length,
    (count) => count === 5,
  )
  expect(await relay('relay.mlm.example.com').destination('mom1')).toMatchObject({ queued: 5 })
  await cut?.mend()
  await quiet()
  for (const one of ['mom1', 'mom2']) expect(sink(`alerta.${one}.example.com`).got()).toEqual(numbers)
})

test(`${PARTNERS}: what one of them is told goes down to the MLM too where both have a way back`, async () => {
  const below = await startSink()
  const { sender, relay, sink, quiet } = await startWorld(PARTNERS, {
    edit(host, { auth, destinations }, address) {
      if (host === 'relay.mlm.example.com') {
        auth.hmac = ['mom1', 'mom2'].map((key) => ({ key, secret: `secret-${key}`, scopes: ['write'], peer: true }))
        destinations.push({ name: 'local', url: below.url })
        return
      }
      const key = host === 'relay.mom1.example.com' ? 'mom1' : 'mom2'
      const url = address('relay.mlm.example.com')
      const wayBack = { name: 'mlm', kind: 'relay', url, auth: { type: 'hawk', key, secret: `secret-${key}` } }
      destinations.push({ ...wayBack, forward: ['actions', 'delete'] })
    },
  })
  await sender('relay.mlm.example.com').alert({ id: 'x' })
  await quiet()
  await relay('relay.mom1.example.com').action('x', 'ack')
  await quiet()
  for (const one of [below, sink('alerta.mom1.example.com'), sink('alerta.mom2.example.com')]) {
    expect(one.got()).toEqual(['web01 critical', 'ack'])
  }
})

test(`${OTHER}: it gets what its words and conditions say, and its own statuses count`, async () => {
  const { relay, sender, sink, quiet } = await startWorld(OTHER)
  const tickets = sink('tickets.example.com')
  tickets.behave({ mode: 'empty', match: { method: 'POST' } })
  tickets.behave({ mode: 'status', status: 409, match: { method: 'PUT' } })
  const me = sender('relay.example.com')
  await me.alert({ id: 'x' })
  await me.alert({ id: 'n', resource: 'db01', attributes: { ticket: 'no' } })
  for (const action of ['ack', 'createTicket', 'shelve']) await me.action('x', action)
  await me.action('n', 'ack')
  await me.delete('x')
  await quiet()
  expect(tickets.requests().map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    'POST /hooks/alerta/alert 204',
    'PUT /hooks/alerta/alert/x/action 409',
    'PUT /hooks/alerta/alert/x/action 409',
  ])
  const ids = tickets.requests().map(({ headers }) => headers['x-alerta-message'])
  expect(new Set(ids).size).toBe(3)
  expect(sink('alerta.example.com').got()).toHaveLength(7)
  expect(await relay('relay.example.com').destination('tickets')).toMatchObject({ state: 'flowing', dead: 0 })
})

test(`${WATCH}: the sink's echo shows every request, beside the real destination`, async () => {
  const { sender, sink, quiet } = await startWorld(WATCH)
  const me = sender('relay.example.com')
  await me.alert({ id: 'x' })
  await me.action('x', 'ack')
  await me.delete('x')
  await quiet()
  expect(
    sink('127.0.0.1:8090')
      .requests()
      .map(({ method, path }) => `${method} ${path}`),
  ).toEqual(['POST /anything/alert', 'PUT /anything/alert/x/action', 'DELETE /anything/alert/x'])
  expect(sink('alerta.example.com').got()).toEqual(['web01 critical', 'ack', 'delete'])
})

test(`${PLUGIN}: senders' and operators' messages reach Alerta and the MoM once, none comes back`, async () => {
  const { baseUrl, next } = forwarderOf(PLUGIN)
  const [configuration = ''] = sections.get(PLUGIN) ?? []
  expect(configuration).toContain(`base_url: ${next}\n`)
  expect(configuration).toContain(`url: ${baseUrl}\n`)
  const stored = await startSink()
  let alerta = ''
  const { sender, sink, quiet } = await startWorld(PLUGIN, {
    async others(address) {
      const relay = { url: address(new URL(next).host), key: 'value-of-FORWARDER_KEY' }
      alerta = await startPlainAlerta([{ url: stored.url, key: KEY }, relay])
      return { [new URL(baseUrl).host]: alerta }
    },
    edit(_host, { destinations }) {
      for (const one of destinations) one.url = one.url.replace(/\/api$/, '')
    },
  })
  await sender('relay.example.com').alert({ id: 'x' })
  await quiet()
  await tell(alerta, 'PUT', '/alert/x/action', { action: 'ack', text: '' })
  await tell(alerta, 'POST', '/alert', { ...ALERT, id: 'y', resource: 'web02', customer: 'acme' })
  await quiet()
  await tell(alerta, 'DELETE', '/alert/x')
  await quiet()
  for (const one of [stored, sink('relay.mom.example.com')]) {
    expect(one.got()).toEqual(['web01 critical', 'ack', 'web02 critical', 'delete'])
  }
})

/** What an operator does in a web UI, or a sender that knows only this server. */
async function tell(server: string, method: string, path: string, body?: object): Promise<void> {
  const headers = { authorization: `Key ${KEY}`, 'content-type': 'application/json' }
  const response = await fetch(server + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  expect(response.status).toBeLessThan(300)
}
