import { join } from 'node:path'
import type { Figures } from '../figures.js'
import type { Case, Scenario } from '../scenario.js'
import { living } from './end-to-end.js'

/** What the plainest program is to do: processes/plain.ts. */
export interface PlainOptions {
  /** of the database; undefined: nothing is kept */
  readonly path?: string
  /** for so many a row is queued with each message */
  readonly destinations: number
  /** the row of its alert is read and written */
  readonly alerts: boolean
  /** urls of the destinations that are there */
  readonly to: readonly string[]
}

interface Plain {
  readonly keeps: boolean
  readonly alerts: boolean
  /** destinations that are there; 0: two that are away */
  readonly living: number
}

const plain = (name: string, what: Plain): Case => ({
  name,
  async round(world) {
    const echo = await world.measure(world.echo)
    const { sinks } = await living(world, what.living)
    const options: PlainOptions = {
      ...(what.keeps ? { path: join(world.dir, 'plain.db') } : {}),
      ...{ destinations: what.living || 2, alerts: what.alerts },
      to: Object.values(sinks).map(({ url }) => url),
    }
    const program = await world.helper('plain', options)
    const warm = await world.warmUp(program)
    const received = () => Promise.all(Object.values(sinks).map(async (sink) => (await sink.tell()).received))
    const before = await received()
    const since = performance.now()
    const own = await world.press(program)
    const seconds = (performance.now() - since) / 1_000
    const got = (await received()).map((count, i) => count - (before[i] ?? 0))
    const rate = what.living === 0 ? own.rate : Math.min(...got) / seconds
    const figures: Figures = {
      ...{ ratio: rate / echo.rate, toDisk: rate / world.disk.aSecond },
      ...(what.living === 0 ? {} : { delivered: rate }),
      ...{ accepted: own.rate, echo: echo.rate, p50Ms: own.p50Ms, p99Ms: own.p99Ms, echoP99Ms: echo.p99Ms },
      ...{ cpuUs: own.cpuUs, echoCpuUs: echo.cpuUs },
    }
    return { figures, faults: [...echo.faults, ...warm.faults, ...own.faults] }
  },
})

export const plains: Scenario = {
  name: 'plain',
  about: 'the plainest programs that do a part of a relay’s work',
  cases: () => [
    plain('keeps a message, for two destinations', { keeps: true, alerts: false, living: 0 }),
    plain('the same, and its alert', { keeps: true, alerts: true, living: 0 }),
    plain('keeps nothing, 1 destination', { keeps: false, alerts: false, living: 1 }),
    plain('keeps nothing, 2 destinations', { keeps: false, alerts: false, living: 2 }),
    plain('keeps all, 1 destination', { keeps: true, alerts: true, living: 1 }),
    plain('keeps all, 2 destinations', { keeps: true, alerts: true, living: 2 }),
  ],
}
