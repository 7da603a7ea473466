import { z } from 'zod'
import { type Clock, iso } from '../../base/clock.js'
import { duration } from '../../config/fields.js'
import type { Store } from '../../store/contract.js'
import { MOVE_COUNTS, type MoveCounts, type Moves, type QueueSlice } from '../../store/moves.js'
import { known } from './asked.js'
import type { Control } from './destinations.js'
import { badRequest, conflict } from './errors.js'
import type { Routes } from './routes.js'

export interface MovesDeps {
  readonly controls: ReadonlyMap<string, Control>
  readonly store: Pick<Store, 'moves'>
  readonly clock: Pick<Clock, 'now'>
}

/** Of one request; the rest is for the next one, so that whoever asks sees how far it has come. */
const WORK_MS = 2_000

const slice = {
  lane: z.string().min(1).nullable().default(null),
  alert: z.string().min(1).nullable().default(null),
  olderThan: duration.optional(),
  /** `next` of the answer before */
  after: z.int().min(0).default(0),
}
const sliced = {
  /** what to ask for next; null: that was all */
  next: z.int().nullable(),
  /** left where they are, for one of their lane is being tried */
  inFlight: z.int(),
}
const moveSchema = z.strictObject({ ...slice, to: z.string() })
const discardSchema = z.strictObject({ ...slice, why: z.string().trim().min(1).max(500).default('discarded') })
const moved = {
  moved: z.object(Object.fromEntries(MOVE_COUNTS.map((name) => [name, z.int()])) as Record<keyof MoveCounts, z.ZodInt>),
  full: z.boolean(),
  ...sliced,
}
const discarded = { discarded: z.int(), bytes: z.int(), ...sliced }
const culprit = z.object({
  message: z.string(),
  kind: z.string(),
  alert: z.string(),
  action: z.string().nullable(),
  acceptedAt: z.iso.datetime(),
  httpStatus: z.int().nullable(),
  note: z.string().nullable(),
})

const params = { destination: z.string() }
const refusals = { 404: 'there is no such destination' }

/** What operators do with whole queues, those of destinations that were removed included. */
export function serveMoves({ read, change }: Routes, { controls, store: { moves }, clock }: MovesDeps): void {
  const inDatabase = (name: string): string =>
    known(
      name,
      moves.names().map((one) => one.name),
    )

  function sliceOf({ lane, alert, olderThan, after }: z.output<typeof discardSchema | typeof moveSchema>): Slice {
    const now = clock.now()
    const before = olderThan === undefined ? null : now - olderThan
    return { selection: { lane, alert, before }, after, now }
  }

  async function move(from: string, body: z.output<typeof moveSchema>, dryRun: boolean, signal: AbortSignal) {
    inDatabase(from)
    const to = known(body.to, controls.keys())
    if (to === from) throw badRequest('to: it is the destination itself')
    const sum = Object.fromEntries(MOVE_COUNTS.map((name) => [name, 0])) as Record<keyof MoveCounts, number>
    const rest = await inSlices(clock, sliceOf(body), signal, async (each) => {
      const part = await moves.move(from, to, { ...each, dryRun })
      for (const name of MOVE_COUNTS) sum[name] += part[name]
      return part
    })
    if (!dryRun) controls.get(to)?.wake()
    return { moved: sum, ...rest }
  }

  async function discard(name: string, body: z.output<typeof discardSchema>, dryRun: boolean, signal: AbortSignal) {
    const destination = inDatabase(name)
    const sum = { discarded: 0, bytes: 0 }
    const { full: _, ...rest } = await inSlices(clock, sliceOf(body), signal, async (each) => {
      const part = await moves.discard(destination, { ...each, dryRun }, body.why)
      sum.discarded += part.discarded
      sum.bytes += part.bytes
      return part
    })
    return { ...sum, ...rest }
  }

  read(
    {
      ...{ method: 'post', path: '/destinations/{destination}/move/dry-run', command: 'move', params, refusals },
      ...{ summary: 'What moving would do.', body: moveSchema, answer: moved },
    },
    ({ params, body, signal }) => move(params.destination, body, true, signal),
  )
  change(
    {
      ...{ method: 'post', path: '/destinations/{destination}/move', command: 'move', params, refusals },
      summary:
        'Puts what is queued behind the queue of another destination; again with `after` as long as `next` is there.',
      ...{ body: moveSchema, answer: moved },
    },
    async ({ params, body, signal, note }) => {
      const answer = await move(params.destination, body, false, signal)
      note(answer)
      return answer
    },
  )
  read(
    {
      ...{ method: 'post', path: '/destinations/{destination}/discard-queued/dry-run', command: 'discard-queued' },
      ...{ summary: 'What discarding would end.', params, refusals, body: discardSchema, answer: discarded },
    },
    ({ params, body, signal }) => discard(params.destination, body, true, signal),
  )
  change(
    {
      ...{ method: 'post', path: '/destinations/{destination}/discard-queued', command: 'discard-queued' },
      summary: 'Ends what is queued, without sending it; again with `after` as long as `next` is there.',
      ...{ params, refusals, body: discardSchema, answer: discarded },
    },
    async ({ params, body, signal, note }) => {
      const answer = await discard(params.destination, body, false, signal)
      note(answer)
      return answer
    },
  )
  read(
    {
      ...{ path: '/destinations/{destination}/skip', command: 'release --skip', params, refusals },
      summary: 'The message because of which a destination is suspended.',
      answer: { why: z.string(), culprit: culprit.nullable() },
    },
    async ({ params }) => {
      const destination = known(params.destination, controls.keys())
      const why = whySuspended(destination)
      const found = await moves.culprit(destination)
      if (found === undefined) return { why, culprit: null }
      const { message, note, status } = found
      const { messageId, kind, alertId: alert, action } = message
      const acceptedAt = iso(message.acceptedAt)
      return { why, culprit: { message: messageId, kind, alert, action, acceptedAt, httpStatus: status, note } }
    },
  )
  change(
    {
      ...{ method: 'post', path: '/destinations/{destination}/skip', command: 'release --skip', params },
      summary: 'Buries the message because of which a destination is suspended, and releases the destination.',
      body: z.strictObject({ message: z.uuid() }),
      refusals: { ...refusals, 409: 'it is not suspended, or not by this message, or that is being tried now' },
      answer: { released: z.boolean() },
    },
    async ({ params, body }) => {
      const destination = known(params.destination, controls.keys())
      const why = `skipped by an operator: ${whySuspended(destination)}`
      if (!(await moves.skip(destination, body.message, why, clock.now()))) {
        throw conflict(`${body.message} does not suspend ${destination} any more, or is being tried now: look again`)
      }
      return { released: controls.get(destination)?.release() ?? false }
    },
  )

  function whySuspended(destination: string): string {
    const gate = controls.get(destination)?.state().gate
    if (gate?.state === 'suspended') return gate.why
    throw conflict(`${destination} is not suspended`)
  }
}

type Slice = Omit<QueueSlice, 'dryRun'>

/** One transaction after another, for a while, as long as whoever asked is there. */
async function inSlices<T extends Pick<Awaited<ReturnType<Moves['move']>>, 'next' | 'inFlight'> & { full?: boolean }>(
  clock: Pick<Clock, 'now'>,
  slice: Slice,
  signal: AbortSignal,
  step: (slice: Slice) => Promise<T>,
): Promise<{ next: number | null; inFlight: number; full: boolean }> {
  let inFlight = 0
  for (let { after } = slice; ; ) {
    const part = await step({ ...slice, after })
    inFlight += part.inFlight
    const full = part.full ?? false
    const isOver = part.next === undefined || full || signal.aborted || clock.now() - slice.now > WORK_MS
    if (isOver) return { next: part.next ?? null, inFlight, full }
    after = part.next ?? after
  }
}
