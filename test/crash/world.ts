import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killAll, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { audit, type Verdict } from './audit.js'
import { createDestination, type Destination, killDestinations } from './destination.js'
import { createFarRelay } from './far-relay.js'
import { type Journal, readJournal } from './journal.js'
import { RULES, type Rules, type Sent } from './sent.js'

/** A built relay with destinations in processes of their own, and a folder for all that they write. */
export interface World {
  readonly relay: RelayProcess
  readonly database: string
  readonly destinations: readonly Destination[]
  /** Waits until nothing is queued, stops all, and compares what everybody knows. */
  audit(sent: readonly Sent[], drainMs: number): Promise<Verdict & { readonly journal: Journal }>
}

export interface WorldOptions {
  /** how long the receivers take at most on each side of their commit */
  readonly thinkMs: number
  /** further keys of each destination in the relay's configuration */
  readonly config?: object
}

/** The folder goes when the audit finds no faults; else it stays, and its name is printed. */
export async function createWorld({ thinkMs, config = {} }: WorldOptions): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'strikes-'))
  const database = join(folder, 'relay.db')
  const created = Object.entries(RULES).map(([name, { kind, refuseEvery }]) =>
    (kind === 'relay' ? createFarRelay : createDestination)(folder, { name, refuseEvery, thinkMs }),
  )
  const destinations = await Promise.all(created)
  await Promise.all(destinations.map((one) => one.start()))
  const relay = await startRelay({
    destinations: destinations.map((one) => ({ ...configOf(one), ...config })),
    config: { database_url: `sqlite:${database}`, log: { level: 'warn', format: 'json' } },
  })
  return {
    relay,
    database,
    destinations,
    async audit(sent, drainMs) {
      await relay.drained(drainMs)
      await relay.stop()
      const found = await Promise.all(
        destinations.map(async (one) => ({ ...(await one.finish(drainMs)), name: one.name })),
      )
      const receipts = Object.fromEntries(found.map(({ name, receipts }) => [name, receipts]))
      const beyond = Object.fromEntries(found.flatMap(({ name, journal }) => (journal ? [[name, journal]] : [])))
      const journal = readJournal(database)
      const verdict = audit({ sent, journal, rules: RULES, receipts, beyond })
      if (verdict.faults.length === 0) rmSync(folder, { recursive: true })
      else process.stdout.write(`the database and the receivers' logs are kept in ${folder}\n`)
      return { ...verdict, journal }
    },
  }
}

function configOf({ name, url, auth }: Destination): object {
  const { kind, forward, fold, environment } = RULES[name] as Rules
  const match = environment === undefined ? {} : { match: { environment: [environment] } }
  return { name, url, kind, forward, fold, timeout: '5s', ...match, ...(auth === undefined ? {} : { auth }) }
}

/** For afterEach: no process outlives its test. */
export function endWorlds(): void {
  killAll()
  killDestinations()
}
