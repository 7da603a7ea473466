import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import { createWakeup, type Wakeup } from '../base/wakeup.js'
import type { PeerReader } from '../egress/peer-reader.js'
import { type DiffLine, isRunning, type Judge, type Resync, type ResyncPlan } from '../model/resync.js'
import { type Store, StoreUnavailable } from '../store/contract.js'
import { diff, forgetAll } from './diff.js'
import { createResyncJob } from './resync-job.js'
import { createTrigger } from './resync-triggers.js'

/** What of a plan says which alerts it is about. */
type Selection = Pick<ResyncPlan, 'by' | 'since' | 'match'>

/** A destination as the resyncer sees it. */
export interface Peer {
  readonly destination: string
  /** undefined: of such a system no question for its alerts is known */
  readonly reader: Pick<PeerReader, 'page' | 'count'> | undefined
  /** resyncs by itself when it has lost its alerts */
  readonly whenEmpty: boolean
  /** whether deliveries are made there */
  readonly flows: () => boolean
  /** something was queued for it */
  readonly wake: () => void
}

export interface ResyncerDeps {
  readonly store: Pick<Store, 'depth' | 'resyncs'>
  readonly compare: (destination: string, selection: Selection) => Judge
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
}

/** Brings destinations what they should have: when an operator says so, and by itself after an overflow or a loss. */
export interface Resyncer {
  /** From now on it looks after this one too. */
  add(peer: Peer): void
  /** What runs there is broken off, and goes on where it was when the destination is added again. */
  remove(destination: string): Promise<void>
  start(): void
  stop(): Promise<void>
  begin(destination: string, plan: ResyncPlan): Promise<'begun' | Busy>
  /** False: none runs there. */
  cancel(destination: string): Promise<boolean>
  state(destination: string): Promise<Resync | undefined>
  /** What a resync would do, or `busy`; ends with the signal. */
  diff(destination: string, selection: Selection, signal: AbortSignal): Promise<AsyncGenerator<DiffLine> | Busy>
}

export type Busy = 'a resync runs' | 'a diff runs'

/** How soon an overflow that is over is noticed. */
const LOOK_EVERY_MS = 1_000

export function createResyncer(deps: ResyncerDeps): Resyncer {
  const { store, clock, log, counters } = deps
  const { resyncs } = store
  const stopping = new AbortController()
  const lines = new Map<string, Line>()
  let started = false

  interface Line {
    readonly peer: Peer
    readonly wakeup: Wakeup
    readonly round: () => Promise<void>
    readonly removed: AbortController
    loop: Promise<void>
    /** ends the work of the resync that runs */
    running: AbortController
    /** diffs and dry runs; they use the same notes */
    comparing: boolean
    /** a resync that the store does not know yet */
    beginning: boolean
  }

  function createLine(peer: Peer): Line {
    const { destination } = peer
    const trigger = createTrigger({ ...peer, store, clock, reader: peer.whenEmpty ? peer.reader : undefined })
    const job = createResyncJob({ ...peer, ...deps })
    const removed = new AbortController()
    const ended = AbortSignal.any([stopping.signal, removed.signal])
    const line: Line = {
      peer,
      wakeup: createWakeup(),
      removed,
      loop: Promise.resolve(),
      running: new AbortController(),
      comparing: false,
      beginning: false,
      async round() {
        if (await isBusy(destination)) {
          line.running = new AbortController()
          return job(AbortSignal.any([ended, line.running.signal]))
        }
        const wanted = line.comparing ? undefined : await trigger(ended)
        if (wanted !== undefined && !line.comparing) await begin(destination, { by: 'diff', match: [], ...wanted })
      },
    }
    return line
  }

  const lineOf = (destination: string): Line => {
    const line = lines.get(destination)
    if (line === undefined) throw new Error(`no destination is named ${destination}`)
    return line
  }

  async function isBusy(destination: string): Promise<boolean> {
    const resync = await resyncs.get(destination)
    return resync !== undefined && isRunning(resync)
  }

  async function begin(destination: string, plan: ResyncPlan): Promise<'begun' | Busy> {
    const line = lineOf(destination)
    if (line.comparing) return 'a diff runs'
    line.beginning = true
    const started = await resyncs.start(destination, plan, clock.now()).finally(() => {
      line.beginning = false
    })
    if (!started) return 'a resync runs'
    counters.add('resync', destination)
    log.info({ destination, ...plan }, 'resync started')
    line.wakeup.wake()
    return 'begun'
  }

  async function run({ peer, wakeup, round, removed }: Line): Promise<void> {
    while (!stopping.signal.aborted && !removed.signal.aborted) {
      const armed = wakeup.armed()
      try {
        await round()
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) {
          // else the relay would meet the same again at each start
          await resyncs.end(peer.destination, 'failed', 'an internal error has occurred', clock.now())
          throw error
        }
        log.error({ destination: peer.destination, error: error.message }, 'resync postponed')
      }
      await clock.until(clock.now() + LOOK_EVERY_MS, armed)
    }
  }

  async function* compared(line: Line, selection: Selection, signal: AbortSignal): AsyncGenerator<DiffLine> {
    const { destination, reader } = line.peer
    const judge = deps.compare(destination, selection)
    try {
      yield* diff(destination, { resyncs, reader: selection.by === 'all' ? undefined : reader, judge, clock }, signal)
    } finally {
      await forgetAll(resyncs, destination)
      line.comparing = false
    }
  }

  return {
    add(peer) {
      const line = createLine(peer)
      lines.set(peer.destination, line)
      if (started) line.loop = run(line)
    },
    async remove(destination) {
      const line = lines.get(destination)
      lines.delete(destination)
      line?.removed.abort()
      line?.wakeup.wake()
      await line?.loop
    },
    start() {
      started = true
      for (const line of lines.values()) line.loop = run(line)
    },
    async stop() {
      stopping.abort()
      for (const { wakeup } of lines.values()) wakeup.wake()
      await Promise.all([...lines.values()].map(({ loop }) => loop))
    },
    begin,
    async cancel(destination) {
      if (!(await isBusy(destination))) return false
      await resyncs.end(destination, 'stopped', null, clock.now())
      lineOf(destination).running.abort()
      log.info({ destination, phase: 'stopped' }, 'resync ended')
      return true
    },
    state: (destination) => resyncs.get(destination),
    async diff(destination, selection, signal) {
      const line = lineOf(destination)
      if (line.comparing) return 'a diff runs'
      if (line.beginning) return 'a resync runs'
      line.comparing = true
      const busy = await isBusy(destination)
      if (busy) line.comparing = false
      return busy
        ? 'a resync runs'
        : compared(line, selection, AbortSignal.any([stopping.signal, line.removed.signal, signal]))
    },
  }
}
