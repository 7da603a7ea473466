import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.js'
import { createDestinations } from '../../src/delivery/destinations.js'
import { createClient } from '../../src/egress/client.js'
import { createReload, type ReloadDeps } from '../../src/relay/reload.js'
import { StoreRefused, StoreUnavailable } from '../../src/store/contract.js'
import { load, RIGHT } from '../config/loading.js'
import { createFakeClock } from '../support/fake-clock.js'
import { scratchDir } from '../support/scratch.js'

const yaml = (more: string) => `${RIGHT}destinations: [{ name: mom1, url: "https://mom1.example.com/api"${more} }]\n`

interface Faults {
  readonly configure?: ReloadDeps['store']['configure']
  /** how each opening ends, one after the other */
  readonly openings?: readonly (Error | undefined)[]
}

/** A reload of one destination from `before` to `after`, with a store that fails. */
async function reloading(before: string, after: string, { configure, openings = [] }: Faults) {
  const clock = createFakeClock()
  const config = load(before).config
  const results = [undefined, ...openings]
  const said: string[] = []
  const note = (_: object, text: string) => void said.push(text)
  const silent = () => {}
  const destinations = createDestinations({
    resyncer: { add: silent, remove: async () => {} },
    async open({ name }, client) {
      const failure = results.shift()
      if (failure !== undefined) throw failure
      const dispatcher = { start: silent, stop: async () => {}, giveUp: silent } as never
      return { dispatcher, client, peer: { destination: name } as never, leave: silent } as never
    },
  })
  const connect: ReloadDeps['connect'] = (one) =>
    createClient(one, { sign: () => '', clock, resolve: (_, answer) => answer(new Error('nobody is asked'), []) })
  for (const one of config.destinations) await destinations.open(one, connect(one))
  const { reload, stop } = createReload({
    ...{ config, destinations, connect, clock },
    load: () => loadConfig(after, {}),
    routing: { use: silent } as never,
    store: { configure: configure ?? (async (_, apply) => apply()) },
    queuesOf: () => [],
    serve: silent,
    log: { debug: note, info: note, warn: note, error: note },
  })
  return { reload, stop, destinations, clock, said }
}

test('a reload that the store refuses leaves the destination as it was, also where its old certificate is gone', async () => {
  const ca = join(scratchDir('reload-'), 'ca.pem')
  writeFileSync(ca, 'an authority')
  const { reload, destinations } = await reloading(yaml(`, ca: ${ca}`), yaml(''), {
    async configure() {
      rmSync(ca)
      throw new StoreRefused('destination a was formerly b', 'take it out')
    },
  })
  const problem = { path: 'destinations', message: 'destination a was formerly b: take it out' }
  expect(await reload()).toEqual({ kind: 'refused', problems: [problem] })
  expect([...destinations.dispatchers.keys()]).toEqual(['mom1'])
})

test('a store that cannot be read while a destination is opened again leaves none without a dispatcher', async () => {
  const openings = [new StoreUnavailable('locked'), new StoreUnavailable('locked'), undefined]
  const { reload, destinations, clock, said } = await reloading(yaml(''), yaml(', timeout: 20s'), { openings })
  const reloaded = reload()
  await clock.advance(1_000)
  await clock.advance(1_000)
  expect(await reloaded).toMatchObject({ kind: 'reloaded', difference: { changed: ['mom1'] } })
  expect([...destinations.dispatchers.keys()]).toEqual(['mom1'])
  expect(said).toEqual(['store cannot write, trying again', 'configuration reloaded'])
})

test('a relay that is stopped while it waits for its store does not wait on', async () => {
  const openings = Array(100).fill(new StoreUnavailable('locked'))
  const { reload, stop, clock, said } = await reloading(yaml(''), yaml(', timeout: 20s'), { openings })
  const reloaded = reload()
  await clock.advance(1_000)
  expect(said).toEqual(['store cannot write, trying again'])
  await stop()
  expect((await reloaded).kind).toBe('reloaded')
})
