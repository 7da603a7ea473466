import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Backlogs } from './backlog.js'
import { cpuMicros, end, type Helper, memoryMib, startHelper } from './children.js'
import { fdatasyncMs, type Sync } from './machine.js'
import type { Options } from './options.js'
import { KEY, type Relay, type RelayOptions, startRelay } from './relay.js'
import { type Sink, type SinkBehaviour, startSink } from './sink.js'
import { type Load, type Pressed, wrk } from './wrk.js'

/** The load, where a scenario says nothing else: 64 connections with the API key. */
export type Shape = Partial<Omit<Load, 'first' | 'signatures'>>

/** What is pressed on. */
export interface Target {
  readonly url: string
  readonly pid: number
}

export interface Measured extends Pressed {
  readonly rate: number
  /** CPU time of the target, microseconds a request */
  readonly cpuUs: number
}

export type SignFor = (url: string, first: number) => string

/** What one round of a scenario works with; it is all gone after it. */
export interface World {
  readonly options: Options
  /** of this round, on the disk that is measured */
  readonly dir: string
  readonly echo: Target
  readonly backlogs: Backlogs
  readonly disk: Sync
  relay(options: Pick<RelayOptions, 'destinations'> & Partial<RelayOptions>): Promise<Relay>
  sink(behaviour?: SinkBehaviour): Promise<Sink>
  helper(name: 'plain' | 'readers', options: object): Promise<Helper>
  /** Presses for a while, so that what follows is not the start of anything. */
  warmUp(target: Target, shape?: Shape, sign?: SignFor): Promise<Pressed>
  press(target: Target, shape?: Shape, sign?: SignFor): Promise<Measured>
  /** Both, one after the other. */
  measure(target: Target, shape?: Shape, sign?: SignFor): Promise<Measured>
  memory(target: Target): { readonly now: number; readonly peak: number }
  end(): Promise<void>
}

/** More numbers than the connections can have under way when the load ends. */
const UNDER_WAY = 2_000

export interface WorldDeps {
  readonly options: Options
  /** of the whole run */
  readonly dir: string
  readonly echo: Target
  readonly backlogs: Backlogs
}

/** `profileDir`: where its relays leave their profiles. */
export function createWorld(deps: WorldDeps, profileDir: string | undefined): World {
  const { options, echo, backlogs } = deps
  const dir = mkdtempSync(join(deps.dir, 'round-'))
  const helpers: Helper[] = []
  const relays: Relay[] = []
  let first = 0

  async function load(target: Target, seconds: number, shape: Shape, sign: SignFor | undefined): Promise<Pressed> {
    const auth = sign === undefined ? { auth: `Key ${KEY}` } : { signatures: sign(target.url, first) }
    const pressed = await wrk(target.url, { connections: 64, seconds, first, ...auth, ...shape })
    first += pressed.requests + UNDER_WAY
    // queues up behind the connections that wrk has just left, so that they are no load of the next measurement
    await (await fetch(target.url)).arrayBuffer()
    return pressed
  }

  const warmUp: World['warmUp'] = (target, shape = {}, sign = undefined) => load(target, options.warmUp, shape, sign)

  const press: World['press'] = async (target, shape = {}, sign = undefined) => {
    const before = cpuMicros(target.pid)
    const pressed = await load(target, options.seconds, shape, sign)
    const cpuUs = (cpuMicros(target.pid) - before) / pressed.requests
    return { ...pressed, rate: pressed.requests / pressed.seconds, cpuUs }
  }

  return {
    options,
    dir,
    echo,
    backlogs,
    disk: fdatasyncMs(dir),
    async relay(more) {
      const relay = await startRelay({
        dir: join(dir, `relay-${relays.length}`),
        dist: options.dist,
        profileDir,
        ...more,
      })
      relays.push(relay)
      return relay
    },
    async sink(behaviour) {
      const sink = await startSink(behaviour)
      helpers.push(sink)
      return sink
    },
    async helper(name, given) {
      const helper = await startHelper(name, given)
      helpers.push(helper)
      return helper
    },
    warmUp,
    press,
    async measure(target, shape, sign) {
      const warm = await warmUp(target, shape, sign)
      const measured = await press(target, shape, sign)
      return { ...measured, faults: [...warm.faults, ...measured.faults] }
    },
    memory: ({ pid }) => memoryMib(pid),
    async end() {
      // the profile is written at the end of the program
      await Promise.all(relays.map((relay) => (profileDir === undefined ? relay.kill() : relay.stop())))
      await Promise.all(helpers.map(({ child }) => end(child)))
      rmSync(dir, { recursive: true })
    },
  }
}
