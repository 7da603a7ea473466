import { z } from 'zod'
import { type Clock, iso } from '../base/clock.js'
import type { AskTrace } from '../egress/trace-reader.js'
import { MARKS } from '../model/decision.js'
import { findHop, type Hop } from '../model/hops.js'
import type { Identity } from '../model/identity.js'
import type { AlertStory } from '../model/story.js'
import type { Stories } from '../store/stories.js'
import { aboutSchema, messageSchema, messageShown, type WorkerOf } from './story-shown.js'

const when = z.iso.datetime()

/** All that a relay remembers of an alert. */
export const alertSchema = z.object({
  about: aboutSchema,
  severity: z.string().nullable(),
  status: z.string().nullable(),
  deletedAt: when.nullable(),
  ids: z.array(z.object({ id: z.string(), by: z.string().nullable() })),
  standing: z.array(
    z.object({ destination: z.string(), mark: z.enum(MARKS), alias: z.string().nullable(), sent: z.boolean() }),
  ),
  messages: z.array(messageSchema),
  older: z.int(),
})

/** What one relay tells. */
export const partSchema = z.object({
  /** the destinations by which it was reached, from the relay that was asked first; empty: that one */
  via: z.array(z.string()),
  /** its base_url; null: it did not tell */
  relay: z.string().nullable(),
  /** why it tells nothing; null: it does */
  why: z.string().nullable(),
  alert: alertSchema.nullable(),
})

export type ShownAlert = z.output<typeof alertSchema>
export type Part = z.output<typeof partSchema>

/** Who asks, and how far. */
export interface TraceAsked {
  /** the relays that have asked each other until now */
  readonly hops: readonly Hop[]
  /** how long whoever asks waits */
  readonly withinMs: number
  /** the only ones whose alerts may be told of; empty: all */
  readonly customers: readonly string[]
}

/** The story of an alert as this relay knows it, and those beyond it that allow being asked. */
export type Trace = (id: string, asked: TraceAsked) => Promise<readonly Part[] | 'ambiguous'>

export interface TraceDeps {
  readonly baseUrl: string
  readonly identities: ReadonlySet<Identity>
  readonly stories: Pick<Stories, 'alert'>
  readonly workerOf: WorkerOf
  /** destinations that are relays, with their identities */
  readonly relays: () => ReadonlyMap<string, { readonly identities: ReadonlySet<Identity>; readonly ask: AskTrace }>
  readonly clock: Pick<Clock, 'now'>
}

/** A longer story is told from its newest end. */
const MESSAGES = 200
/** Relays in a row; a chain of more is a mistake. */
const MAX_RELAYS = 8
/** Of the time that is left for an answer, for reading and passing it on. */
const OWN_MS = 500
export const TRACE_MS = 8_000
/** Of the relays behind one destination. */
const MAX_PARTS = 64

const answerSchema = z.object({ parts: z.array(partSchema).max(MAX_PARTS) })

export function createTrace(deps: TraceDeps): Trace {
  const { baseUrl, identities, stories, workerOf, clock } = deps

  async function askAll(id: string, story: AlertStory | undefined, { hops, withinMs }: TraceAsked) {
    const left = Math.min(withinMs, TRACE_MS) - OWN_MS
    if (hops.length >= MAX_RELAYS || left <= 0) return []
    const passed = [...deps.relays()].filter(
      ([name, relay]) =>
        findHop(hops, relay.identities) === undefined &&
        (story === undefined || story.standing.some(({ destination }) => destination === name)),
    )
    const parts = await Promise.all(
      passed.map(([name, { ask }]) => askOne(name, ask, idAt(name, id, story), hops, left)),
    )
    return parts.flat()
  }

  async function askOne(name: string, ask: AskTrace, id: string, hops: readonly Hop[], withinMs: number) {
    const nothing = (why: string): Part[] => [{ via: [name], relay: null, why, alert: null }]
    const answer = await ask(id, { hops, withinMs })
    if (answer.kind !== 'read') return nothing(answer.why)
    const read = answerSchema.safeParse(answer.value)
    if (!read.success) return nothing('it answered something else than a trace')
    return read.data.parts.map((part) => ({ ...part, via: [name, ...part.via] }))
  }

  return async (id, asked) => {
    const own = { via: [], relay: baseUrl }
    if (findHop(asked.hops, identities) !== undefined) return [{ ...own, why: 'it was asked already', alert: null }]
    const story = await stories.alert(id, MESSAGES)
    if (story === 'ambiguous') return story
    const { customers } = asked
    const theirs = customers.length === 0 || customers.includes(story?.about?.customer ?? '')
    if (!theirs) return [{ ...own, why: UNKNOWN, alert: null }]
    const alert = story === undefined ? null : alertShown(story, workerOf, clock.now())
    const parts = await askAll(id, story, asked)
    return onceEach([{ ...own, why: alert === null ? UNKNOWN : null, alert }, ...parts])
  }
}

const UNKNOWN = 'it knows no such alert'

/** What the destination calls it. */
const idAt = (name: string, id: string, story: AlertStory | undefined): string =>
  story?.standing.find(({ destination }) => destination === name)?.alias ?? story?.ids[0]?.id ?? id

/** A relay that is reached in two ways tells the same twice. */
function onceEach(parts: readonly Part[]): readonly Part[] {
  const seen = new Set<string>()
  return parts.filter(({ relay, alert }) => {
    if (relay === null || alert === null) return true
    const isNew = !seen.has(relay)
    seen.add(relay)
    return isNew
  })
}

const alertShown = (story: AlertStory, workerOf: WorkerOf, now: number): ShownAlert => ({
  about: story.about ?? null,
  severity: story.state?.severity ?? null,
  status: story.state?.status ?? null,
  deletedAt: story.deletedAt === null ? null : iso(story.deletedAt),
  ids: [...story.ids],
  standing: story.standing.map((one) => ({ ...one, alias: one.alias ?? null })),
  messages: story.messages.map((one) => messageShown(one, workerOf, now)),
  older: story.older,
})
