import { expect } from 'vitest'
import { waitFor } from '../support/wait.js'
import { runCommand } from './command.js'
import { type DestinationStatus, type RelayProcess, startRelay } from './relay.js'
import { startSink, type TestSink } from './sink.js'

/** All that a command says to an operator, also where it ends with 1. */
export async function told(relay: RelayProcess, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runCommand(relay.dir, ...args)
  return stdout + stderr
}

/** Waits until a destination is in a state. */
export const reached = (relay: RelayProcess, state: string, name = 'mom1'): Promise<DestinationStatus> =>
  waitFor(
    `${name} to be ${state}`,
    () => relay.destination(name),
    (destination) => destination.state === state,
  )

/** Posts alerts `alert-0`, `alert-1` … of the resources `web0`, `web1` …; each must be accepted. */
export async function sendNumbered(relay: RelayProcess, to: number, from = 0): Promise<void> {
  for (let i = from; i < to; i += 1) {
    const answer = await relay.alert({ id: `alert-${i}`, resource: `web${i}`, text: `${i}` })
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  }
}

export interface Pair {
  readonly sink: TestSink
  readonly relay: RelayProcess
  /** the two destinations, the first with other settings */
  configured(settings?: object): readonly object[]
}

/** A relay with two destinations: mom1, which gets into trouble and waits a minute then, and mom2, which is well. */
export async function pairOf(
  settings: object = {},
  {
    config,
    dir,
    env,
    ...peer
  }: { config?: object; dir?: string; env?: Record<string, string> } & Parameters<typeof startSink>[0] = {},
): Promise<Pair> {
  const [sink, other] = [await startSink(peer), await startSink()]
  const configured = (changed: object = {}) => [
    { name: 'mom1', url: sink.url, backoff: { first: '1m', ceiling: '10m' }, ...settings, ...changed },
    { name: 'mom2', url: other.url },
  ]
  const relay = await startRelay({
    destinations: configured(),
    ...(config && { config }),
    ...(dir && { dir }),
    ...(env && { env }),
  })
  return { sink, relay, configured }
}
