import type { Activity, Happening } from '../../base/activity.js'
import { type Clock, iso } from '../../base/clock.js'
import type { Level } from '../../base/log.js'
import { untilAny } from '../../base/until-any.js'

/** What of the feed is wanted; all of it where nothing is said. */
export interface FeedFilter {
  readonly destination?: string | undefined
  /** an id, or how one begins */
  readonly alert?: string | undefined
  readonly message?: string | undefined
  /** and what is worse */
  readonly level?: Level | undefined
  /** somewhere in the line, in whatever case */
  readonly text?: string | undefined
}

export interface FeedOptions extends FeedFilter {
  /** the id of the last one that was read; undefined: only what comes from now on */
  readonly after?: string | undefined
  /** without `after`: so many of the newest that are wanted go first */
  readonly last?: number | undefined
  /** of what has happened since the last look, the newest; undefined: all of it. What is left out is told as a gap. */
  readonly most?: number | undefined
}

/** What goes down the wire; ids are places in the feed. */
export type FeedEvent =
  | { readonly kind: 'happening'; readonly id: string; readonly data: string }
  /** `missed`: happenings that came between and are gone; null: the relay was restarted, nobody knows how many */
  | { readonly kind: 'gap'; readonly id: string; readonly missed: number | null }
  /** nothing happened: it tells both ends that the other is there, and how far the reader has come */
  | { readonly kind: 'quiet'; readonly id: string }

/** Looked through in one go, some milliseconds. */
const PAGE = 1_000
/** A reader is given what has happened meanwhile, not each line by itself: a thousand of them cost little more than one. */
const PACE_MS = 100
/** Proxies cut connections on which nothing is said for a minute. */
const QUIET_MS = 15_000

export interface FeedDeps {
  readonly activity: Activity
  readonly clock: Clock
  /** the relay ends; undefined: it is not known when */
  readonly ending?: AbortSignal | undefined
}

/** The feed from a place on, for ever, in batches, at the pace of who reads it. */
export async function* follow(
  { activity, clock }: FeedDeps,
  { after, last = 0, most = Number.POSITIVE_INFINITY, ...filter }: FeedOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly FeedEvent[]> {
  const wanted = createFilter(filter)
  let place = after
  if (after === undefined) {
    const all = activity.after('oldest', Number.POSITIVE_INFINITY)
    place = all.place
    const newest = last === 0 ? [] : all.happenings.filter(wanted).slice(-last)
    yield [...newest.map(told), { kind: 'quiet', id: place }]
  }
  while (!signal.aborted) {
    // listen first, then look
    const more = activity.more()
    const { happenings, missed, from, place: now } = activity.after(place, PAGE)
    const fitting = happenings.filter(wanted)
    const leftOut = Math.max(0, fitting.length - most)
    const gone = missed === null ? null : missed + leftOut
    const gap: FeedEvent[] = gone === 0 ? [] : [{ kind: 'gap', id: from, missed: gone }]
    const events = [...gap, ...fitting.slice(leftOut).map(told)]
    if (events.length > 0) yield events
    // whoever comes back is answered at once
    else if (place === after) yield [{ kind: 'quiet', id: now }]
    place = now
    if (happenings.length === PAGE) continue
    if (happenings.length > 0) await clock.until(clock.now() + PACE_MS, signal)
    else if (!(await comes(more, signal))) yield [{ kind: 'quiet', id: place }]
  }

  /** Waits until more has happened, or whoever reads has gone; false: neither, for a while. */
  async function comes(more: AbortSignal, signal: AbortSignal): Promise<boolean> {
    await untilAny(clock, [more, signal], clock.now() + QUIET_MS)
    return more.aborted || signal.aborted
  }
}

const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error']

function createFilter({ destination, alert, message, level, text }: FeedFilter): (one: Happening) => boolean {
  const least = level === undefined ? 0 : LEVELS.indexOf(level)
  const part = text?.toLowerCase()
  return (one) => {
    const { fields } = one
    return (
      LEVELS.indexOf(one.level) >= least &&
      (destination === undefined || destinationsOf(fields).includes(destination)) &&
      (alert === undefined || (typeof fields.alert === 'string' && fields.alert.startsWith(alert))) &&
      (message === undefined || fields.message === message) &&
      (part === undefined || told(one).data.toLowerCase().includes(part))
    )
  }
}

/** A line about one destination, or about all to which a message goes. */
function destinationsOf({ destination, destinations, queued }: Happening['fields']): readonly unknown[] {
  return [destination, destinations, queued].flat()
}

type Told = Extract<FeedEvent, { kind: 'happening' }>

/** Many readers are told the same. */
const tellings = new WeakMap<Happening, Told>()

function told(one: Happening): Told {
  const known = tellings.get(one)
  if (known !== undefined) return known
  const { id, at, level, text, fields } = one
  const telling: Told = {
    kind: 'happening',
    id,
    data: JSON.stringify({ id, time: iso(at), level, what: text, ...withoutNames(fields) }),
  }
  tellings.set(one, telling)
  return telling
}

/** The line's own words are not hidden by a field of the same name. */
function withoutNames({ id: _id, time: _time, level: _level, what: _what, ...others }: Happening['fields']): object {
  return others
}
