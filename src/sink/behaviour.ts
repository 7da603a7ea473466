import { z } from 'zod'
import { endpointOf } from './describe.js'

const MODES = ['status', 'html', 'delay', 'hang', 'reset', 'slow-body', 'redirect', 'garbage', 'empty'] as const

/** Long enough for every timeout there is; a forgotten rule ends. */
const LONGEST_MS = 24 * 3_600_000
const ms = z.int().min(1).max(LONGEST_MS)

/** Statuses that can have no body (RFC 9110); mode empty takes them. */
const BODILESS = new Set([204, 205, 304])

const fieldsSchema = z.strictObject({
  mode: z.enum(MODES),
  status: z.int().min(200).max(599).optional(),
  /** seconds, or an HTTP date */
  retryAfter: z.union([z.int().min(0), z.string().regex(/^[\w ,:+-]{1,40}$/)]).optional(),
  /** how long to delay, to hang, or to take for a slow body */
  ms: ms.optional(),
  /** for the next so many requests */
  times: z.int().min(1).optional(),
  /** for so long from now */
  forMs: ms.optional(),
  /** does what is asked, and then misbehaves about the answer */
  execute: z.boolean().default(false),
  match: z.strictObject({ method: z.string(), path: z.string(), resource: z.string() }).partial().prefault({}),
})
export const ruleSchema = fieldsSchema.refine(
  ({ mode, status }) => mode === 'empty' || status === undefined || !BODILESS.has(status),
  { path: ['status'], message: 'has no body: use mode empty' },
)
export type RuleInput = z.input<typeof ruleSchema>
export type Rule = z.output<typeof ruleSchema>

/** Nobody tells a sink more at a time. */
const MAX_RULES = 100

export interface Subject {
  readonly method: string
  readonly path: string
  /** of the alert in the body, or of the one that the path names */
  readonly resource: string | undefined
}

export interface Behaviour {
  /** False when there are too many. */
  add(rule: Rule, now: number): boolean
  /** The first rule that fits, once used up; undefined: behave. */
  take(subject: Subject, now: number): Rule | undefined
  list(now: number): readonly Rule[]
  clear(): void
}

/** What the sink was told to do wrong, in the order it was told. */
export function createBehaviour(): Behaviour {
  let rules: { readonly rule: Rule; left: number; readonly until: number }[] = []
  const expire = (now: number): void => {
    rules = rules.filter(({ left, until }) => left > 0 && now < until)
  }
  return {
    add(rule, now) {
      expire(now)
      if (rules.length >= MAX_RULES) return false
      const until = rule.forMs === undefined ? Number.POSITIVE_INFINITY : now + rule.forMs
      rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY, until })
      return true
    },
    take(subject, now) {
      expire(now)
      const found = rules.find(({ rule }) => fits(rule.match, subject))
      if (found !== undefined) found.left--
      return found?.rule
    },
    list(now) {
      expire(now)
      return rules.map(({ rule, left, until }) => ({
        ...rule,
        ...(Number.isFinite(left) ? { times: left } : {}),
        ...(Number.isFinite(until) ? { forMs: until - now } : {}),
      }))
    },
    clear() {
      rules = []
    },
  }
}

/** A path fits itself and what is below it, with or without /api in front. */
function fits(match: Rule['match'], subject: Subject): boolean {
  const path = endpointOf(subject.path)
  return (
    (match.method === undefined || match.method.toUpperCase() === subject.method) &&
    (match.path === undefined || path === match.path || path.startsWith(`${match.path.replace(/\/$/, '')}/`)) &&
    (match.resource === undefined || match.resource === subject.resource)
  )
}
