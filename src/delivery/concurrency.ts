import type { Clock } from '../base/clock.js'
import { type Answered, createAnswerTime, type Took } from './answer-time.js'

/**
 * How many attempts a destination gets at once: one more after each round of answers that came as fast as usual, a tenth
 * less after one that took much longer, half after a timeout or a word of overload (docs/decisions/0016-concurrency.md).
 */
export interface Concurrency {
  limit(): number
  /** An attempt begins, one of so many that are under way. One of the following tells how it ended. */
  begun(inFlight: number): Begun
  answered(begun: Begun, took: Took): void
  /** Its end tells nothing about how much the destination can take. */
  ended(begun: Begun): void
  /** Its end shows that the destination has too much to do. */
  overloaded(begun: Begun, why: string): void
  /** The destination is away: whatever it took before, it begins again with what it gets in the beginning. */
  away(): void
  state(): ConcurrencyState
}

/** An attempt, as the limit knows it. */
export interface Begun {
  readonly inFlight: number
  /** undefined: the round of its time was complete */
  readonly round: Round | undefined
  /** how often the limit had been lowered */
  readonly lowered: number
}

export interface ConcurrencyState {
  /** attempts that may be under way together now */
  readonly concurrency: number
  /** the most that it may grow to */
  readonly concurrencyMax: number
  /** how long an answer takes while the destination is hardly pressed, ms; undefined: not known yet */
  readonly usualAnswerMs: number | undefined
  /** when (epoch ms) and why it last fell; undefined: never */
  readonly slowed: { readonly at: number; readonly why: string } | undefined
}

export interface ConcurrencyBounds {
  readonly min: number
  readonly start: number
  readonly max: number
}

/** So many attempts that began one after the other. It counts when all have ended: the first to end are the quickest. */
interface Round {
  readonly size: number
  begun: number
  readonly answers: Answered[]
}

/** Fewer answers say little; where more may be under way a round has as many as may. */
const LEAST_ANSWERS = 5
/** What is usual is measured on so many in the beginning. */
const FIRST_ANSWERS = 20
const SLOWER = 0.9
const OVERLOADED = 0.5

export function createConcurrency({ min, start, max }: ConcurrencyBounds, clock: Pick<Clock, 'now'>): Concurrency {
  const answerTime = createAnswerTime(min)
  let exact = start
  let lowered = 0
  let slowed: ConcurrencyState['slowed']
  let round = nextRound()

  function limit(): number {
    return Math.floor(exact)
  }

  function nextRound(): Round {
    const least = answerTime.usualMs() === undefined ? FIRST_ANSWERS : LEAST_ANSWERS
    return { size: Math.max(least, limit()), begun: 0, answers: [] }
  }

  function lower(to: number, why: string): void {
    const before = limit()
    exact = Math.min(exact, Math.max(min, to))
    if (limit() < before) slowed = { at: clock.now(), why }
    // what is under way says nothing about the lower limit
    lowered += 1
    round = nextRound()
  }

  function end({ inFlight, round: of }: Begun, took: Took | undefined): void {
    if (of === undefined || of !== round) return
    // another one takes its place
    if (took === undefined) round.begun -= 1
    else round.answers.push({ inFlight, ...took })
    if (round.answers.length < round.size) return
    judge(round.answers)
    round = nextRound()
  }

  function judge(answers: readonly Answered[]): void {
    const { isLonger, tookMs, usualMs } = answerTime.compare(answers)
    // where fewer were under way than allowed, nothing shows that more are wanted, or would go well
    const isWanted = answers.some(({ inFlight }) => inFlight >= limit())
    if (isLonger) lower(exact * SLOWER, `answers took ${inMs(tookMs)}, usually ${inMs(usualMs)}`)
    else if (isWanted) exact = Math.min(max, exact + 1)
  }

  return {
    limit,
    begun(inFlight) {
      if (round.begun === round.size) return { inFlight, round: undefined, lowered }
      round.begun += 1
      return { inFlight, round, lowered }
    },
    answered: end,
    ended: (begun) => end(begun, undefined),
    overloaded(begun, why) {
      // those that were under way together tell the same
      if (begun.lowered === lowered) lower(exact * OVERLOADED, why)
      else end(begun, undefined)
    },
    away: () => lower(start, 'it was away'),
    state: () => ({
      concurrency: limit(),
      concurrencyMax: max,
      usualAnswerMs: answerTime.usualMs(),
      slowed,
    }),
  }
}

const inMs = (ms: number): string => `${Math.round(ms)} ms`
