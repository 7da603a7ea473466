import type { DestinationConfig } from '../config/destination.js'
import type { Client } from '../egress/client.js'
import type { AskNeighbours } from '../egress/neighbours-reader.js'
import type { AskTrace } from '../egress/trace-reader.js'
import type { OpenDestination } from './destination.js'
import type { Dispatcher } from './dispatcher.js'
import type { Peer, Resyncer } from './resyncer.js'

/** A destination with all that works for it. */
export interface Opened {
  readonly dispatcher: Dispatcher
  readonly peer: Peer
  /** undefined: it is no relay */
  readonly askTrace: AskTrace | undefined
  /** undefined: it is no relay */
  readonly askNeighbours: AskNeighbours | undefined
  readonly client: Client
  /** The others can ask it no more; its dispatcher has been stopped. */
  leave(): void
}

/** The destinations that are worked; they can be opened and closed one by one while the others go on. */
export interface Destinations {
  readonly dispatchers: ReadonlyMap<string, Dispatcher>
  /** Of one that is a relay. */
  askTrace(name: string): AskTrace | undefined
  /** Of one that is a relay. */
  askNeighbours(name: string): AskNeighbours | undefined
  /** Its client is checked and made before anything else is changed: see createClient. */
  open(destination: DestinationConfig, client: Client): Promise<void>
  /**
   * Lets its attempts end until `deadline` (epoch ms), and takes it out when that is written. Returns its client, with which
   * it can be opened again, and which else is to be closed.
   */
  close(name: string, deadline: number): Promise<Client | undefined>
  start(): void
  /** Stops all dispatchers. Called a second time it waits for the same end. */
  stop(deadline: number): Promise<void>
  /** After stop. */
  disconnect(): Promise<void>
}

export interface DestinationsDeps {
  readonly open: OpenDestination
  /** what else works for a destination: told when one comes and goes */
  readonly resyncer: Pick<Resyncer, 'add' | 'remove'>
}

export function createDestinations({ open, resyncer }: DestinationsDeps): Destinations {
  const opened = new Map<string, Opened>()
  const dispatchers = new Map<string, Dispatcher>()
  let phase: 'built' | 'started' | 'stopped' = 'built'
  let stopped: Promise<unknown> | undefined
  return {
    dispatchers,
    askTrace: (name) => opened.get(name)?.askTrace,
    askNeighbours: (name) => opened.get(name)?.askNeighbours,
    async open(destination, client) {
      const one = await open(destination, client)
      const { name } = destination
      opened.set(name, one)
      dispatchers.set(name, one.dispatcher)
      if (phase === 'stopped') return
      resyncer.add(one.peer)
      if (phase === 'started') one.dispatcher.start()
    },
    async close(name, deadline) {
      const one = opened.get(name)
      if (one === undefined) return undefined
      await resyncer.remove(name)
      await one.dispatcher.stop(deadline)
      opened.delete(name)
      dispatchers.delete(name)
      one.leave()
      return one.client
    },
    start() {
      phase = 'started'
      for (const dispatcher of dispatchers.values()) dispatcher.start()
    },
    async stop(deadline) {
      phase = 'stopped'
      stopped ??= Promise.all(
        [...dispatchers.values()].map((dispatcher) => {
          dispatcher.giveUp()
          return dispatcher.stop(deadline)
        }),
      )
      await stopped
    },
    async disconnect() {
      await Promise.all([...opened.values()].map(({ client }) => client.close()))
    },
  }
}
