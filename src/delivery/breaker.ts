import CircuitBreaker from 'opossum'
import type { Clock } from '../base/clock.js'
import { type BreakerState, CLOSED } from '../model/gate.js'
import type { Lane } from '../model/order.js'
import { is5xx, type Outcome } from '../model/outcome.js'
import type { Backoff } from './backoff.js'

/** An item that was answered with 5xx before. */
export interface Suspect {
  /** what repeats it is of the same lane, and as ill */
  readonly lane: Lane
  /** Whether the destination was well since; asked after the attempt. */
  readonly wasWell: () => boolean
}

/** A destination's breaker; only faults of the destination as a whole count. */
export interface Breaker {
  state(): 'closed' | 'half-open' | 'open'
  /** epoch ms of the next probe while open; 0 otherwise */
  openUntil(): number
  /** Runs an attempt and counts its outcome; undefined: the breaker opened meanwhile and it was not made. */
  run(attempt: () => Promise<Outcome>, suspect?: Suspect): Promise<Outcome | undefined>
  /** As after a success; the next faults open it again. */
  close(): void
  stop(): void
}

export interface BreakerDeps {
  readonly name: string
  readonly clock: Clock
  readonly backoff: Backoff
  /** failures are counted over so many ms; the breaker stays open at least as long, so old ones do not count again */
  readonly windowMs: number
  readonly restored: BreakerState
  readonly onChange: (state: BreakerState) => void
}

/** Fewer attempts than this in a window say nothing about a destination. */
const LEAST_ATTEMPTS = 5
const FAILED_PERCENT = 50
/** A destination that hangs fails too seldom for any window: so many faults in a row open the breaker as well. */
const FAULTS_IN_A_ROW = 5
const BUCKETS = 10
/** Suspects fail, and nobody else has got through for so long. */
const NOBODY_MS = 60_000

/** Carries an outcome through opossum, which counts what is thrown. */
class DestinationFault extends Error {
  readonly outcome: Outcome
  constructor(outcome: Outcome) {
    super(outcome.note)
    this.outcome = outcome
  }
}

async function attempted(attempt: () => Promise<Outcome>): Promise<Outcome> {
  const outcome = await attempt()
  if (isDestinationFault(outcome)) throw new DestinationFault(outcome)
  return outcome
}

export function createBreaker({ name, clock, backoff, windowMs, restored, onChange }: BreakerDeps): Breaker {
  let { openUntil, streak } = restored
  let faultsInARow = 0
  /** lanes of those that failed since the last success, and when the first of them did */
  const suspects = new Set<Lane>()
  let suspectsSince: number | undefined
  const wait = (): number => Math.max(windowMs, backoff.wait(streak + 1))
  // written by a clock that was ahead, it would keep the breaker open for ever
  const remaining = Math.min(openUntil - clock.now(), Math.max(windowMs, backoff.longestMs))

  const circuit = new CircuitBreaker(attempted, {
    name,
    timeout: false,
    errorThresholdPercentage: FAILED_PERCENT,
    volumeThreshold: LEAST_ATTEMPTS,
    rollingCountTimeout: windowMs,
    rollingCountBuckets: BUCKETS,
    rollingPercentilesEnabled: false,
    resetTimeout: remaining > 0 ? remaining : wait(),
    ...(openUntil > 0 ? { state: restoredState(remaining) } : {}),
  })
  // opossum reads resetTimeout anew each time it opens; its types do not show the options of a running circuit
  const { options } = circuit as unknown as { readonly options: { resetTimeout: number } }
  circuit.on('open', () => {
    openUntil = clock.now() + options.resetTimeout
    streak += 1
    onChange({ openUntil, streak })
  })
  circuit.on('halfOpen', () => {
    openUntil = 0
    options.resetTimeout = wait()
    onChange({ openUntil: clock.now(), streak })
  })
  circuit.on('close', () => {
    ;({ openUntil, streak } = CLOSED)
    options.resetTimeout = wait()
    onChange(CLOSED)
  })

  const run: Breaker['run'] = async (attempt, suspect) => {
    if (suspect === undefined) return fire(attempt)
    if (circuit.opened) return undefined
    const outcome = await attempt()
    return isApart(suspect, outcome) ? outcome : ((await fire(async () => outcome)) ?? outcome)
  }

  /**
   * While the destination is well, what a suspect meets says nothing of how many fail: that those which failed get through
   * later would hide that every other one fails. Where suspect after suspect fails, or nobody gets through any more, it is
   * not they.
   */
  function isApart({ lane, wasWell }: Suspect, outcome: Outcome): boolean {
    if (!circuit.closed || !wasWell()) return false
    if (!isDestinationFault(outcome)) reset()
    else if (is5xx(outcome)) suspects.add(lane)
    else faultsInARow += 1
    if (suspects.size > 0) suspectsSince ??= clock.monotonic()
    openWhereIll()
    return true
  }

  function openWhereIll(): void {
    const nobodyFor = suspectsSince === undefined ? 0 : clock.monotonic() - suspectsSince
    const isIll = Math.max(faultsInARow, suspects.size) >= FAULTS_IN_A_ROW || nobodyFor >= NOBODY_MS
    if (isIll && circuit.closed) circuit.open()
  }

  function reset(): void {
    faultsInARow = 0
    suspects.clear()
    suspectsSince = undefined
  }

  async function fire(attempt: () => Promise<Outcome>): Promise<Outcome | undefined> {
    try {
      const outcome = (await circuit.fire(attempt)) as Outcome
      reset()
      return outcome
    } catch (error) {
      if (CircuitBreaker.isOurError(error as Error)) return undefined
      if (!(error instanceof DestinationFault)) throw error
      faultsInARow += 1
      openWhereIll()
      return error.outcome
    }
  }

  return {
    state() {
      if (circuit.opened) return 'open'
      return circuit.halfOpen ? 'half-open' : 'closed'
    },
    openUntil: () => (circuit.opened ? openUntil : 0),
    run,
    close() {
      reset()
      circuit.close()
    },
    stop: () => circuit.shutdown(),
  }
}

const restoredState = (remaining: number) =>
  ({ enabled: true, closed: false, halfOpen: remaining <= 0, open: remaining > 0 }) as never

function isDestinationFault(outcome: Outcome): boolean {
  return outcome.kind === 'unknown' || (outcome.kind === 'retry' && outcome.fault === 'destination')
}
