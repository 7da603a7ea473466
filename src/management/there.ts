import { z } from 'zod'
import { iso } from '../base/clock.js'
import type { Route } from '../model/destination.js'
import { sayingOf } from '../model/saying.js'
import type { AlertStory, DeliveryStory, MessageStory } from '../model/story.js'
import { shouldHave } from './should-have.js'
import { messageSchema, messageShown, type ShownDelivery, type WorkerOf } from './story-shown.js'

/** What is to be said of an alert with regard to one destination. */
export const thereSchema = z.object({
  should: z.object({ is: z.enum(['yes', 'no', 'not any more', 'unknown']), why: z.string() }),
  has: z.object({
    is: z.enum(['yes', 'not its newest', 'no', 'unknown']),
    why: z.string(),
    alias: z.string().nullable(),
    /** when it last was told something of the alert */
    at: z.iso.datetime().nullable(),
  }),
  waiting: z.object({ count: z.int(), messages: z.array(messageSchema) }),
  dead: z.object({ count: z.int(), messages: z.array(messageSchema) }),
  next: z.string(),
  help: z.array(z.object({ command: z.string(), does: z.string() })),
})

export type There = z.output<typeof thereSchema>

/** Of those that wait, and of those that died, on one screen. */
const SHOWN = 10

interface AtDestination {
  readonly story: MessageStory
  readonly delivery: DeliveryStory
}

interface ThereDeps {
  readonly workerOf: WorkerOf
  readonly route: Route | undefined
  /** epoch ms */
  readonly now: number
  /** its queue was full, and the relay will make up for it by itself */
  readonly resyncDue: boolean
}

/**
 * Should a destination have an alert, has it, what is under way, and what helps. `first`: the one that waits the
 * longest, with all that is known of it.
 */
export function thereOf(
  alert: AlertStory,
  destination: string,
  first: MessageStory | undefined,
  { workerOf, route, now, resyncDue }: ThereDeps,
): There {
  const here = atDestination(alert, destination)
  const waiting = here.filter(({ delivery }) => isUnderWay(delivery))
  const dead = here.filter(({ delivery }) => isDead(delivery))
  const shown = (some: readonly AtDestination[]) => ({
    count: some.length,
    messages: some.slice(0, SHOWN).map(({ story }) => {
      const whole = first?.message.messageId === story.message.messageId ? first : story
      return messageShown(only(whole, destination), workerOf, now)
    }),
  })
  const waits = shown(waiting)
  const head = waits.messages[0]?.deliveries[0]
  const should = shouldHave(alert, destination, route)
  const has = hasIt(alert, destination, here)
  return {
    should,
    has,
    waiting: waits,
    // the newest say most
    dead: { ...shown(dead.toReversed()) },
    next: nextOf(head, resyncDue && should.is === 'yes' && has.is !== 'yes'),
    help: helpFor(
      destination,
      head,
      dead,
      should.is === 'yes' && has.is === 'no' && here.every(({ delivery }) => isOver(delivery)),
    ),
  }
}

const atDestination = (alert: AlertStory, destination: string): readonly AtDestination[] =>
  alert.messages.flatMap((story) => {
    const delivery = story.deliveries.find((one) => one.destination === destination)
    return delivery === undefined ? [] : [{ story, delivery }]
  })

/** The oldest message about the alert that has not ended there. */
export const firstWaiting = (alert: AlertStory, destination: string): MessageStory | undefined =>
  atDestination(alert, destination).find(({ delivery }) => isUnderWay(delivery))?.story

/** No try is left, and nobody can have it sent again. */
const isOver = ({ state }: DeliveryStory): boolean => state !== 'queued' && state !== 'sending' && state !== 'dead'

const isDead = ({ state }: DeliveryStory): boolean => state === 'dead'

const isUnderWay = ({ state }: DeliveryStory): boolean => state === 'queued' || state === 'sending'

const only = (story: MessageStory, destination: string): MessageStory => ({
  ...story,
  deliveries: story.deliveries.filter((one) => one.destination === destination),
  skipped: story.skipped.filter((one) => one.destination === destination),
})

function hasIt({ standing, messages, older }: AlertStory, destination: string, here: readonly AtDestination[]): Has {
  const alias = standing.find((one) => one.destination === destination)?.alias ?? null
  const last = here.findLast(({ delivery }) => delivery.state === 'delivered')
  const at = last?.delivery.endedAt ?? null
  const has = (is: Has['is'], why: string): Has => ({ is, why, alias, at: at === null ? null : iso(at) })
  const cameFrom = messages.some(
    ({ message, skipped }) => message.kind === 'alert' && skipped.some(isFrom(destination)),
  )
  if (last === undefined && alias === null && !cameFrom) {
    if (older > 0) return has('unknown', `of ${older} older messages nobody has looked`)
    return has('no', 'nothing about it has arrived there, as far as is remembered')
  }
  if (last?.story.message.kind === 'delete') return has('no', 'its delete has arrived there')
  const behind = here.slice(last === undefined ? 0 : here.indexOf(last) + 1)
  const isBehind = here.some(({ delivery }) => isUnderWay(delivery)) || behind.some(({ delivery }) => isDead(delivery))
  return has(isBehind ? 'not its newest' : 'yes', last === undefined ? KNOWN[cameFrom ? 'from' : 'id'] : arrived(last))
}

type Has = There['has']

const KNOWN = { from: 'it came from there', id: 'it told us its id for it' }

const arrived = ({ story: { message } }: AtDestination): string =>
  `the last to arrive was ${[message.kind, sayingOf(message)].join(' ').trim()}`

const isFrom =
  (destination: string) =>
  (one: MessageStory['skipped'][number]): boolean =>
    one.destination === destination && one.why === 'already passed'

function nextOf(head: ShownDelivery | undefined, resyncBringsIt: boolean): string {
  if (head === undefined) {
    return resyncBringsIt
      ? 'a resync brings it, which begins by itself when all that is queued there has gone'
      : 'nothing by itself: nothing about it waits'
  }
  const { state, waits } = head
  if (state === 'sending') return 'an attempt is under way'
  return NEXT[waits?.for ?? 'turn']
}

const NEXT: Readonly<Record<NonNullable<ShownDelivery['waits']>['for'], string>> = {
  'not configured': 'nothing: the destination is not configured any more',
  held: 'nothing until the destination is released',
  suspended: 'the relay probes the destination by itself, and goes on when it is well',
  breaker: 'the relay probes the destination by itself, and goes on when it answers',
  busy: 'the relay goes on when the destination has had the pause it asked for',
  lane: 'what is before it in its lane goes first',
  'next try': 'it is tried again',
  turn: 'it is tried as soon as the destination takes another',
}

function helpFor(
  destination: string,
  head: ShownDelivery | undefined,
  dead: readonly AtDestination[],
  missing: boolean,
): There['help'] {
  const commands: There['help'] = []
  const waits = head?.waits?.for
  if (waits === 'held' || waits === 'suspended') {
    commands.push({ command: `release ${destination}`, does: 'lets everything go that waits there' })
  } else if (waits === 'breaker' || waits === 'busy' || waits === 'next try') {
    commands.push({ command: `retry ${destination}`, does: 'tries now' })
  }
  const letter = dead.at(-1)?.story.message.messageId
  if (letter !== undefined) {
    commands.push({ command: `replay ${destination} --message ${letter}`, does: 'sends the newest that died again' })
  }
  if (missing) commands.push({ command: `resync ${destination}`, does: 'sends it all that it should have and has not' })
  return commands
}
