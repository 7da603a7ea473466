import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Answer } from './answers.js'
import type { Visit } from './entrance.js'
import { diskNearlyFull, Refused } from './refused.js'

/** The members of a POST /alert. */
export type AlertBody = Readonly<Record<string, unknown>>
/** An alert made of a part of a webhook, or why none can be made. */
export type Made = { readonly alert: AlertBody } | { readonly problem: string }

/** As many as share a commit: more at once would only wait in memory. */
const AT_ONCE = 500
/** Enough to see what is wrong; a batch may have thousands. */
const MOST_TOLD = 20

/** All alerts of a notification are in memory together, and each may repeat what stands in it once. */
const MOST_BYTES = 64 * 1024 * 1024

/** The alerts of a notification's parts; throws 413 where they would be too large together. */
export function madeOf(parts: readonly unknown[], make: (part: unknown) => Made): readonly Made[] {
  let bytes = 0
  return parts.map((part) => {
    const made = make(part)
    if ('alert' in made) bytes += JSON.stringify(made.alert).length
    if (bytes > MOST_BYTES) throw new Refused(413, 'the alerts of this notification would be too large together')
    return made
  })
}

export interface BatchDeps {
  /** whether the disk has room for more messages */
  readonly room: () => 'ok' | 'disk low'
  readonly receiveAlert: (visit: Visit) => Promise<Answer>
  readonly log: Log
  readonly counters: Counters
}

interface Rejected {
  readonly index: number
  readonly message: string
}

/**
 * Takes the alerts of a webhook, each by itself: one that is refused does not keep the others out. What its sender can do
 * nothing about (a full disk, a full queue) fails the whole, so that it comes again.
 */
export async function receiveBatch(visit: Visit, made: readonly Made[], deps: BatchDeps): Promise<Answer> {
  const answers: Answer[] = []
  const rejected: (Rejected & { readonly cause: Refused })[] = []
  for (let from = 0; from < made.length; from += AT_ONCE) {
    if (deps.room() === 'disk low') throw diskNearlyFull()
    const part = made.slice(from, from + AT_ONCE)
    const settled = await Promise.allSettled(part.map((each) => receiveOne(visit, each, deps)))
    for (const [i, result] of settled.entries()) {
      if (result.status === 'fulfilled') answers.push(result.value)
      else if (!(result.reason instanceof Refused) || result.reason.status >= 500) throw result.reason
      else rejected.push({ index: from + i, message: result.reason.message, cause: result.reason })
    }
  }
  for (const { index, message } of rejected) {
    deps.counters.add('refused', 'webhook alert')
    deps.log.warn({ request: visit.requestId, index, why: message, sender: visit.sender }, 'alert of a webhook refused')
  }
  const [first] = rejected
  if (first !== undefined && answers.length === 0) throw first.cause
  const [only] = answers
  if (only !== undefined && made.length === 1) return only
  const ids = answers.map(({ body }) => body.id)
  return { status: 201, body: { status: 'ok', ids, ...(first === undefined ? {} : told(rejected)) } }
}

async function receiveOne(visit: Visit, made: Made, { receiveAlert }: BatchDeps): Promise<Answer> {
  if ('problem' in made) throw new Refused(400, made.problem)
  // the message id that came with the whole is not that of each part
  return receiveAlert({ ...visit, offeredId: undefined, body: Buffer.from(JSON.stringify(made.alert)) })
}

const told = (rejected: readonly Rejected[]) => ({
  message: `${rejected.length} rejected`,
  rejected: rejected.slice(0, MOST_TOLD).map(({ index, message }) => ({ index, message })),
})
