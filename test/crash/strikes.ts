import { systemClock } from '../../src/base/clock.js'
import type { RelayProcess } from '../acceptance/relay.js'
import { waitFor } from '../support/wait.js'
import type { Destination } from './destination.js'
import type { Dice } from './dice.js'

/**
 * Who dies in a strike: the relay, one destination, both, all. `starting`: the relay, and once more while it starts;
 * `catching up`: a destination, and once more while its long queue drains.
 */
const VICTIMS = [
  'relay',
  'relay',
  'relay',
  'starting',
  'one',
  'one',
  'catching up',
  'catching up',
  'both',
  'all',
] as const
export type Victims = (typeof VICTIMS)[number]

/** How many kill -9 each victim got. */
export type Kills = Readonly<Record<string, number>>

export interface StrikesOptions {
  readonly relay: Pick<RelayProcess, 'kill' | 'restart'>
  readonly destinations: readonly Destination[]
  readonly strikes: number
  readonly messages: number
  readonly answered: () => number
  readonly dice: Dice
  /** called after every strike */
  readonly struck?: ((strikes: number) => void) | undefined
}

/** So that a strike has nothing to do with the answer that reached its count. */
const JITTER_MS = 50
const RELAY_AWAY_MS = 200
const DESTINATION_AWAY_MS = 1_500
/** The relay needs about half a second to start. */
const WHILE_STARTING_MS = 500
/** A queue of a second's messages takes a while, and the pauses between attempts pass first. */
const CATCHING_UP_MS = 800
const PATIENCE_MS = 120_000

/** Strikes spread at random over the whole load; resolves when the last victim is up again. */
export async function strike({
  relay,
  destinations,
  strikes,
  messages,
  answered,
  dice,
  struck,
}: StrikesOptions): Promise<Kills> {
  const kills: Record<string, number> = {}
  const count = (name: string): void => {
    kills[name] = (kills[name] ?? 0) + 1
  }
  const pause = (most: number): Promise<void> => systemClock.until(Date.now() + dice.below(most))

  async function relayDies(again: boolean): Promise<void> {
    await relay.kill()
    count('relay')
    await pause(RELAY_AWAY_MS)
    if (again) {
      const starting = Promise.allSettled([relay.restart()])
      await pause(WHILE_STARTING_MS)
      await relay.kill()
      count('relay')
      await starting
    }
    await relay.restart()
  }

  async function destinationDies(destination: Destination, again = false): Promise<void> {
    await destination.kill()
    count(destination.name)
    await pause(DESTINATION_AWAY_MS)
    await destination.start()
    if (!again) return
    await pause(CATCHING_UP_MS)
    await destinationDies(destination)
  }

  async function hit(victims: Victims): Promise<void> {
    const one = dice.oneOf(destinations)
    switch (victims) {
      case 'relay':
        return relayDies(false)
      case 'starting':
        return relayDies(true)
      case 'one':
        return destinationDies(one)
      case 'catching up':
        return destinationDies(one, true)
      case 'both':
        return void (await Promise.all([relayDies(false), destinationDies(one)]))
      case 'all':
        return void (await Promise.all([relayDies(false), ...destinations.map((each) => destinationDies(each))]))
    }
  }

  for (let k = 0; k < strikes; k += 1) {
    const at = Math.floor(((k + dice.next()) * messages) / strikes)
    await waitFor(`message ${at} to be answered`, answered, (seen) => seen >= at, PATIENCE_MS)
    await pause(JITTER_MS)
    await hit(dice.oneOf(VICTIMS))
    struck?.(k + 1)
  }
  return kills
}
