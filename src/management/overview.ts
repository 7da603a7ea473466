import { type Clock, iso } from '../base/clock.js'
import type { Rates } from '../base/rates.js'
import type { DestinationConfig } from '../config/destination.js'
import type { QueueStatus, Store } from '../store/contract.js'
import type { LaneHead } from '../store/queue-reads.js'
import type { Vitals } from '../store/vitals.js'
import { fullnessOf } from './fullness.js'
import { destinationStatus, type StateTold, type WorkerState } from './status.js'
import { type Trouble, troubleOf } from './trouble.js'

export interface OverviewDeps {
  readonly controls: ReadonlyMap<string, { state(): WorkerState }>
  readonly store: Pick<Store, 'status' | 'queueReads'> & {
    readonly resyncs: Pick<Store['resyncs'], 'overflowedAt'>
  } & { readonly vitals: Pick<Vitals, 'sizes'> }
  /** those in force */
  readonly destinations: () => readonly Pick<DestinationConfig, 'name' | 'kind' | 'url' | 'overflow'>[]
  /** of `flowOf` */
  readonly flow: Pick<Rates, 'perSecond'>
  readonly freeBytes: () => Promise<number | undefined>
  readonly room: () => 'ok' | 'disk low'
  /** whether the store can commit */
  readonly writable: () => Promise<boolean>
  /** whether ages can be trusted */
  readonly clockTrusted: () => boolean
  readonly version: string
  /** epoch ms */
  readonly startedAt: number
  readonly clock: Pick<Clock, 'now'>
}

/** What flows, from all that is counted: `accepted`, `delivered`, and `delivered.<destination>`. */
export function flowOf(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const flow: Record<string, number> = { accepted: 0, delivered: 0 }
  for (const [name, count] of Object.entries(counts)) {
    const [group = ''] = name.split('.', 1)
    if (group !== 'accepted' && group !== 'delivered') continue
    flow[group] = (flow[group] ?? 0) + count
    if (group === 'delivered') flow[name] = count
  }
  return flow
}

export type Overview = Awaited<ReturnType<ReturnType<typeof createOverview>>>

/** The relay at a glance: itself, and every destination with what holds it up, those in trouble first. */
export function createOverview(deps: OverviewDeps) {
  const { controls, store, flow, freeBytes, room, writable, clockTrusted, version, startedAt, clock } = deps
  return async () => {
    const now = clock.now()
    const [queues, sizes, free] = [await store.status(), await store.vitals.sizes(), await freeBytes()]
    const perSecond = flow.perSecond()
    const shown = async (queue: QueueStatus) => {
      const { destination: name } = queue
      const told = destinationStatus(queue, controls.get(name)?.state(), now)
      const oldest = queue.rows === 0 ? undefined : await store.queueReads.oldest(name)
      const lane = oldest && laneShown(oldest, now)
      const configured = deps.destinations().find((one) => one.name === name)
      const one = {
        ...told,
        kind: configured?.kind ?? null,
        url: configured?.url ?? null,
        deliveredPerSecond: perSecond(`delivered.${name}`),
        slowestLane: lane ?? null,
        next: nextOf(told, oldest, now),
        fullness:
          fullnessOf(queue, configured?.overflow ?? 'resync', store.resyncs.overflowedAt(name) !== undefined) ?? null,
      }
      return { ...one, trouble: troubleOf(one) ?? null }
    }
    const destinations = await Promise.all(queues.map(shown))
    const wrong = [
      ...((await writable()) ? [] : ['the database cannot be written: senders are refused with 503']),
      ...(room() === 'disk low' ? ['the disk is nearly full: senders are refused with 503'] : []),
      ...destinations
        .filter(({ fullness }) => fullness?.full === 'refuse')
        .map(({ name }) => `the queue of ${name} is full: senders are refused with 503`),
      ...(clockTrusted() ? [] : ['the clock jumped, or the relay was away for hours: nothing expires for an hour']),
    ]
    return {
      relay: {
        version,
        time: iso(now),
        uptimeSeconds: Math.round((now - startedAt) / 1_000),
        acceptedPerSecond: perSecond('accepted'),
        deliveredPerSecond: perSecond('delivered'),
        freeBytes: free ?? null,
        databaseBytes: sizes.database + sizes.log,
        wrong,
      },
      destinations: destinations.toSorted((a, b) => rankOf(a) - rankOf(b) || b.queued - a.queued),
    }
  }
}

const rankOf = ({ trouble }: { readonly trouble: Trouble | null }): number => trouble?.rank ?? Number.POSITIVE_INFINITY

/** "Production/web01", "heartbeat probe1", "id 4711" */
function laneName({ kind, subject, alert }: Pick<LaneHead, 'kind' | 'subject' | 'alert'>): string {
  if (alert === undefined) return kind === 'heartbeat' || kind === 'webhook' ? `${kind} ${subject}` : `id ${subject}`
  const { environment, resource, customer } = alert
  return [...(customer === null ? [] : [customer]), environment, resource].join('/')
}

export const laneShown = (head: LaneHead, now: number) => ({
  lane: laneName(head),
  event: head.alert?.event ?? null,
  kind: head.kind,
  message: head.messageId,
  subject: head.subject,
  since: iso(head.acceptedAt),
  ageSeconds: Math.max(0, Math.round((now - head.acceptedAt) / 1_000)),
  attempts: head.attempts,
  sending: head.sending,
  nextTry: head.notBefore === undefined || head.notBefore <= now ? null : iso(head.notBefore),
  httpStatus: head.status,
  note: head.note,
})

/** What the relay does next by itself, and when. */
function nextOf(
  { state, nextProbe, until }: StateTold,
  oldest: LaneHead | undefined,
  now: number,
): { readonly what: 'probe' | 'try' | 'release'; readonly at: string } | null {
  if (nextProbe !== undefined) return { what: 'probe', at: nextProbe }
  if (until !== undefined) return { what: state === 'held' ? 'release' : 'try', at: until }
  const waits = state === 'flowing' && oldest?.notBefore !== undefined && oldest.notBefore > now
  return waits ? { what: 'try', at: iso(oldest.notBefore as number) } : null
}
