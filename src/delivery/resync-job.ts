import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { PeerReader } from '../egress/peer-reader.js'
import type { PeerAlert } from '../model/ledger.js'
import { isRunning, type Judge, type Resync, type ResyncPlan, type Tally } from '../model/resync.js'
import type { Store } from '../store/contract.js'
import { forgetAll } from './diff.js'
import { readPeer } from './peer-pages.js'

export interface ResyncJobDeps {
  readonly destination: string
  readonly reader: Pick<PeerReader, 'page'> | undefined
  readonly wake: () => void
  readonly store: Pick<Store, 'resyncs'>
  readonly compare: (destination: string, selection: Pick<ResyncPlan, 'by' | 'since' | 'match'>) => Judge
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
}

/** How soon it is seen that the queue is short again. */
const FULL_AGAIN_MS = 200
/** A peer that does not answer is asked again after the first, doubled up to the last. */
const READ_AGAIN_MS = { first: 5_000, last: 60_000 }

/** Works the resync of one destination to its end, or until the signal; what is done stays done. */
export function createResyncJob(deps: ResyncJobDeps): (signal: AbortSignal) => Promise<void> {
  const { destination, store, reader, clock, log } = deps
  const { resyncs } = store

  async function end(phase: 'done' | 'failed', note: string | null): Promise<void> {
    await forgetAll(resyncs, destination)
    await resyncs.end(destination, phase, note, clock.now())
    const resync = await resyncs.get(destination)
    if (resync === undefined) return
    const { startedAt, tally, plan } = resync
    log.info({ destination, phase, by: plan.by, note, ...tally, ms: clock.now() - startedAt }, 'resync ended')
  }

  /** Reads the peer and goes on to the next phase; why it could not be read now. */
  async function read({ plan }: Resync, signal: AbortSignal): Promise<string | undefined> {
    if (plan.by === 'all') return void (await resyncs.queue(destination, 'all', null))
    if (reader === undefined) return unreadable(plan, 'no question for its alerts is known')
    await forgetAll(resyncs, destination)
    await resyncs.listen(destination, clock.now())
    let tally: Tally = {}
    for await (const page of readPeer(reader, signal)) {
      if (signal.aborted) return undefined
      if (page.kind !== 'page') return page.kind === 'failed' ? page.why : unreadable(plan, page.why)
      if (page.first && plan.by === 'diff') await forgetAll(resyncs, destination)
      tally = { ...tally, ...(await take(plan, page.alerts, tally)), read: page.read, told: page.told }
      await resyncs.note(destination, null, tally)
    }
    if (plan.by === 'from') await end('done', null)
    else await resyncs.queue(destination, 'diff', null)
    return undefined
  }

  async function take({ by }: ResyncPlan, alerts: readonly PeerAlert[], before: Tally): Promise<Tally> {
    if (by !== 'from') {
      await resyncs.told(destination, alerts)
      return {}
    }
    const fillings = await resyncs.adopt(destination, alerts, clock.now())
    const sums = Object.entries(fillings).map(([name, more]) => [
      name,
      (before[name as keyof typeof fillings] ?? 0) + more,
    ])
    return Object.fromEntries(sums)
  }

  async function unreadable(plan: ResyncPlan, why: string): Promise<undefined> {
    if (plan.by === 'from') return end('failed', why).then(() => undefined)
    log.warn({ destination, why }, 'peer cannot be read, resync sends all')
    await resyncs.queue(destination, 'all', `all is sent, for the peer cannot be read: ${why}`)
    return undefined
  }

  /** True: there is room for more at once. */
  async function queueSome({ plan }: Resync): Promise<boolean> {
    // where the peer can be compared with, an overflow is no reason to look at less
    const since = plan.why === 'overflow' && plan.by === 'diff' ? null : plan.since
    const judge = deps.compare(destination, { ...plan, since })
    const step = await resyncs.step(destination, { judge, now: clock.now() })
    for (let i = 0; i < step.queued; i += 1) deps.counters.add('resent', destination)
    if (step.queued > 0) deps.wake()
    if (step.kind === 'done') await end('done', (await resyncs.get(destination))?.note ?? null)
    return step.kind !== 'full'
  }

  async function failed(why: string, failures: number): Promise<void> {
    if (failures === 1) log.warn({ destination, why }, 'resync waits for its peer')
    await resyncs.note(destination, `waits, for the peer cannot be asked: ${why}`)
  }

  return async (signal) => {
    let failures = 0
    while (!signal.aborted) {
      const resync = await resyncs.get(destination)
      if (resync === undefined || !isRunning(resync)) return
      if (resync.phase === 'queuing') {
        if (!(await queueSome(resync))) await clock.until(clock.now() + FULL_AGAIN_MS, signal)
        continue
      }
      const why = await read(resync, signal)
      if (signal.aborted) return
      if (why === undefined) continue
      failures += 1
      await failed(why, failures)
      await clock.until(clock.now() + Math.min(READ_AGAIN_MS.first * 2 ** (failures - 1), READ_AGAIN_MS.last), signal)
    }
  }
}
