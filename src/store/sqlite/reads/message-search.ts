import type Database from 'better-sqlite3'
import type { MessageStory } from '../../../model/story.js'
import type { MessagePage, MessageQuery } from '../../stories.js'
import { reading } from '../faults.js'
import type { AlertIds } from '../index/alert-ids.js'
import type { Queues } from '../outbox/queues.js'
import { createStreams, type Fitting, merged, type Stream } from './message-streams.js'
import type { StoryRows } from './story-rows.js'

export interface MessageSearchDeps {
  readonly db: Database.Database
  readonly queues: Queues
  readonly alertIds: AlertIds
  readonly rows: StoryRows
  readonly monotonic: () => number
}

/** An operator waits for it, and a command takes some time to start. */
const SEARCH_MS = 500
const AT_ONCE = 200
/** Of longer bodies only the beginning is searched. */
const SEARCHED_BYTES = 64 * 1024
/** Messages stand in the order of their acceptance, but for clocks that were set. */
const CLOCK_SLACK_MS = 3_600_000

const FITS = `(:kind IS NULL OR message.kind = :kind)
  AND (:resource IS NULL OR alert.resource = :resource) AND (:event IS NULL OR alert.event = :event)
  AND (:environment IS NULL OR alert.environment = :environment)
  AND (:since IS NULL OR message.accepted_at >= :since) AND (:until IS NULL OR message.accepted_at <= :until)
  AND (:skipped = 0 OR message.skipped IS NOT NULL)
  AND (:text IS NULL OR body_says(message.body, :text))`

/** Finds messages, newest first. It looks for a while, a little at a time, and then says that it has not seen all. */
export function createMessageSearch(deps: MessageSearchDeps) {
  const { db, queues, alertIds, rows, monotonic } = deps
  db.function('body_says', { deterministic: true }, (body, text) =>
    Number(Buffer.isBuffer(body) && body.toString('utf8', 0, SEARCHED_BYTES).toLowerCase().includes(String(text))),
  )
  const streamsFor = createStreams(db, queues)
  const statement = {
    fits: db
      .prepare<[Record<string, unknown>], number>(
        `SELECT 1 FROM message LEFT JOIN alert ON alert.id = message.alert WHERE message.seq = :seq AND ${FITS}`,
      )
      .pluck(),
    newest: db.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM message').pluck(),
    oldest: db.prepare<[], number>('SELECT coalesce(min(seq), 0) FROM message').pluck(),
    from: db.prepare<[number], { seq: number; accepted_at: number }>(
      'SELECT seq, accepted_at FROM message WHERE seq >= ? ORDER BY seq LIMIT 1',
    ),
  }

  /** The first message that was accepted at a time or later, or about it; behind the last where there is none. */
  function seqAt(at: number): number {
    let low = statement.oldest.get() ?? 0
    let high = (statement.newest.get() ?? 0) + 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = statement.from.get(middle)
      if (found === undefined || found.seq >= high || found.accepted_at >= at) high = middle
      else low = found.seq + 1
    }
    return low
  }

  function bounds({ since, until, cursor }: MessageQuery): { readonly before: number; readonly floor: number } {
    const end = until === undefined ? (statement.newest.get() ?? 0) + 1 : seqAt(until + CLOCK_SLACK_MS)
    const before = cursor === undefined ? end : Math.min(end, Number(cursor))
    const floor = since === undefined ? (statement.oldest.get() ?? 0) : seqAt(since - CLOCK_SLACK_MS)
    return { before, floor }
  }

  /** What the streams have not made sure of. */
  function storyOf(seq: number, query: MessageQuery, fitting: Fitting): MessageStory | undefined {
    if (statement.fits.get({ ...fitting.values, seq }) === undefined) return undefined
    const story = rows.read(seq, 'line')
    return story !== undefined && goesSo(story, query) ? story : undefined
  }

  /** Takes what one look finds; tells what has ended the search, if anything has. */
  function look(search: Search): 'all' | 'limit' | 'time' | undefined {
    const { seqs, downTo } = merged(search.streams, search.before, AT_ONCE)
    for (const seq of seqs) {
      if (search.found.length === search.query.limit) return 'limit'
      if (monotonic() > search.deadline) return 'time'
      search.before = seq
      const story = storyOf(seq, search.query, search.fitting)
      if (story !== undefined) search.found.push(story)
    }
    search.before = downTo
    if (downTo <= search.floor) return 'all'
    return monotonic() > search.deadline ? 'time' : undefined
  }

  function begin(query: MessageQuery): Search | 'ambiguous' | undefined {
    const deadline = monotonic() + SEARCH_MS
    const meant = query.alertId === undefined ? undefined : alertIds.resolve(query.alertId)
    if (meant === 'ambiguous') return meant
    if (query.alertId !== undefined && meant === undefined) return undefined
    const fitting = fittingOf(query)
    const streams = streamsFor(query, meant?.alert, fitting)
    return { query, fitting, streams, ...bounds(query), deadline, found: [] }
  }

  return async (query: MessageQuery): Promise<MessagePage | 'ambiguous'> => {
    const search = reading(() => begin(query))
    if (search === undefined) return NOTHING
    if (search === 'ambiguous') return search
    for (;;) {
      const over = reading(() => look(search))
      if (over !== undefined) {
        const cutShort = over === 'time'
        return {
          messages: search.found,
          cursor: over === 'all' ? undefined : String(search.before),
          cutShort,
          lookedBackTo: cutShort ? reading(() => statement.from.get(search.before)?.accepted_at) : undefined,
        }
      }
      // others have their turn
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

interface Search {
  readonly query: MessageQuery
  readonly fitting: Fitting
  readonly streams: readonly Stream[]
  /** looked at down to there */
  before: number
  /** nothing below it can fit */
  readonly floor: number
  /** monotonic ms */
  readonly deadline: number
  readonly found: MessageStory[]
}

const NOTHING: MessagePage = { messages: [], cursor: undefined, cutShort: false, lookedBackTo: undefined }

const fittingOf = ({ kind, resource, event, environment, since, until, text, state }: MessageQuery): Fitting => ({
  sql: FITS,
  values: {
    kind: kind ?? null,
    resource: resource ?? null,
    event: event ?? null,
    environment: environment ?? null,
    since: since ?? null,
    until: until ?? null,
    text: text?.toLowerCase() ?? null,
    skipped: state === 'skipped' ? 1 : 0,
  },
})

/** Whether it goes to that destination, in that state. */
function goesSo({ deliveries, skipped }: MessageStory, { destination, state }: MessageQuery): boolean {
  const is = (one: { readonly destination: string }): boolean =>
    destination === undefined || one.destination === destination
  if (state === 'skipped') return skipped.some(is)
  if (state === undefined && destination === undefined) return true
  return deliveries.some((one) => is(one) && (state === undefined || one.state === state))
}
