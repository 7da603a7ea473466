/** What the destination took for an answer, ms: between the two this process was busy and could not have seen it. */
export interface Took {
  readonly least: number
  readonly most: number
}

/** An attempt that was answered. */
export interface Answered extends Took {
  /** under way there when it began, itself among them */
  readonly inFlight: number
}

/** How long a destination usually takes to answer while it is hardly pressed. */
export interface AnswerTime {
  /** ms; undefined: nothing has been answered yet */
  usualMs(): number | undefined
  /** What the answers of one round show; learns from them. */
  compare(answers: readonly Answered[]): Compared
}

export interface Compared {
  readonly isLonger: boolean
  /** ms, the mean */
  readonly tookMs: number
  readonly usualMs: number
}

/** What a round adds to what is known. */
const WEIGHT = 0.3
/** Answers that are so much later trample nobody, ms. */
const SLACK_MS = 10
/** Where each worker of the peer has one request waiting for it an answer takes twice as long. */
const LONGER = 2
/** By so many times their deviation, and less the more there are, answers are shorter by chance. */
const DEVIATIONS = 5

/**
 * Where more than `calm` requests are under way together, the usual time follows only answers that are shorter than chance
 * makes them: what our own pressure makes longer must never become usual, or the limit would creep up for ever.
 */
export function createAnswerTime(calm: number): AnswerTime {
  let usual: number | undefined
  let deviation = 0

  const isShorter = (took: number, answers: number): boolean =>
    usual !== undefined && took < usual - (DEVIATIONS * deviation) / Math.sqrt(answers)

  function learn(answers: readonly Answered[]): number {
    const took = mean(answers.map(({ most }) => most))
    const spread = mean(answers.map(({ most }) => Math.abs(most - took)))
    if (usual === undefined) {
      usual = took
      deviation = spread
    } else if (isShorter(took, answers.length) || answers.every(({ inFlight }) => inFlight <= calm)) {
      usual += WEIGHT * (took - usual)
      deviation += WEIGHT * (spread - deviation)
    }
    return usual
  }

  return {
    usualMs: () => usual,
    compare(answers) {
      const usualMs = learn(answers)
      const tookMs = mean(answers.map(({ least }) => least))
      return { isLonger: tookMs > Math.max(usualMs + SLACK_MS, usualMs * LONGER), tookMs, usualMs }
    },
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
