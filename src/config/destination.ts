import { z } from 'zod'
import { DESTINATION_KINDS, ORDERINGS, OVERFLOWS, type Overflow } from '../model/destination.js'
import { count, durationOrZero, hawkKey, headerSecret, httpUrl, secret, size, timeout, userName } from './fields.js'
import { nearest } from './near.js'

const credentialSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('hawk'),
    key: hawkKey,
    secret,
    algorithm: z.enum(['sha256', 'sha1']).default('sha256'),
  }),
  z.strictObject({ type: z.literal('basic'), username: userName, password: secret }),
  z.strictObject({ type: z.literal('key'), key: headerSecret }),
  z.strictObject({ type: z.literal('bearer'), token: headerSecret }),
])
export type Credential = z.output<typeof credentialSchema>

/** One pattern or a list of them. */
const patterns = z.codec(
  z.union([z.string(), z.array(z.string()).min(1)], 'must be a text or a list of texts, such as [critical, "!debug"]'),
  z.array(z.string()),
  { decode: (given) => (typeof given === 'string' ? [given] : given), encode: (list) => list },
)

const MATCH_FIELDS = [
  'environment',
  'resource',
  'event',
  'severity',
  'status',
  'service',
  'group',
  'customer',
  'tags',
  'origin',
  'type',
]

/** One of MATCH_FIELDS, or `attributes.region`. */
const matchField = z.string().superRefine((field, context) => {
  if (MATCH_FIELDS.includes(field) || /^attributes\..+$/.test(field)) return
  const near = nearest(field, MATCH_FIELDS)
  const right =
    near === undefined ? `fields are ${MATCH_FIELDS.join(', ')}, attributes.<name>` : `did you mean ${near}?`
  context.addIssue(`is not a field of an alert; ${right}`)
})
export const matchSchema = z.record(matchField, patterns)

/** A status or a range: 200, "200-299". */
const statusRange = z.codec(
  z.union([z.int(), z.string()], 'must be a status or a range, such as 200 or 200-299'),
  z.object({ from: z.number(), to: z.number() }),
  {
    decode(given, context) {
      const [, from = '', to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(String(given)) ?? []
      if (from !== '' && from <= to) return { from: Number(from), to: Number(to) }
      context.issues.push({
        code: 'custom',
        input: given,
        message: 'must be a status or a range, such as 200 or 200-299',
      })
      return z.NEVER
    },
    encode: ({ from, to }) => (from === to ? from : `${from}-${to}`),
  },
)

const destinationName = z
  .string()
  // . and .. are no names in the path of a URL
  .regex(/^(?!\.+$)[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores, and not only dots')

/** A number alone stays as it is, whatever the destination answers. */
const concurrency = z.union(
  [count, z.strictObject({ min: count.optional(), start: count.optional(), max: count.optional() })],
  'must be a whole number above zero, or a map of such: min, start, max',
)

const entrySchema = z.strictObject({
  name: destinationName,
  formerly: z.array(destinationName).default([]),
  kind: z.enum(DESTINATION_KINDS).default('alerta'),
  url: httpUrl,
  base_url: httpUrl.optional(),
  also_known_as: z.array(httpUrl).prefault([]),
  auth: credentialSchema.prefault({ type: 'none' }),
  insecure: z.boolean().default(false),
  deny_private: z.boolean().default(false),
  forward: z.array(z.string().min(1, 'must not be empty')).default(['*']),
  match: matchSchema.prefault({}),
  order_by: z.enum(ORDERINGS).default('resource'),
  ssl_verify: z.boolean().default(true),
  ca: z.string().optional(),
  client_cert: z.string().optional(),
  client_key: z.string().optional(),
  forwarded_for: z.boolean().default(true),
  accept: z.array(statusRange).min(1, 'must name at least one status or range').prefault(['200-299']),
  timeout: timeout.optional(),
  connect_timeout: timeout.prefault('5s'),
  concurrency: concurrency.prefault({}),
  backoff: z.strictObject({ first: timeout.prefault('1s'), ceiling: timeout.prefault('1m') }).prefault({}),
  poison_after: durationOrZero.prefault('60s'),
  queue: z.strictObject({ rows: count.default(1_000_000), bytes: size.prefault('2GiB') }).prefault({}),
  overflow: z.enum(OVERFLOWS).optional(),
  fold: z.boolean().optional(),
  resync_when_empty: z.boolean().default(false),
  batch: z.boolean().optional(),
})
type Entry = z.output<typeof entrySchema>

interface Concurrency {
  readonly min: number
  readonly start: number
  readonly max: number
}

/** A destination with what its kind decides filled in; durations in ms, sizes in bytes. */
export type DestinationConfig = Omit<Entry, 'timeout' | 'concurrency' | 'overflow' | 'fold' | 'batch'> & {
  timeout: number
  batch: boolean
  overflow: Overflow
  fold: boolean
  concurrency: Concurrency
}

// Alerta's gunicorn kills a request at 30 s, and has few workers; anything else answers fast or is broken.
const ALERTA_PACE = { timeout: 35_000, start: 2 }
const OTHER_PACE = { timeout: 10_000, start: 8 }
/** A destination that answers fast gets so many, and what it answers shares commits; a slow one never comes near it. */
const CONCURRENCY_MAX = 32

export const destinationSchema = z.codec(entrySchema, z.custom<DestinationConfig>(), {
  decode({ timeout, concurrency, overflow, fold, batch, ...rest }) {
    const usual = rest.kind === 'alerta' ? ALERTA_PACE : OTHER_PACE
    return {
      ...rest,
      timeout: timeout ?? usual.timeout,
      // of any other HTTP system we do not know that repeats say the same again, nor how to make up for what it missed
      overflow: overflow ?? (rest.kind === 'http' ? 'refuse' : 'resync'),
      fold: fold ?? rest.kind !== 'http',
      batch: batch ?? rest.kind === 'relay',
      concurrency: concurrencyOf(concurrency, usual),
    }
  },
  encode: (destination) => destination,
})

function concurrencyOf(given: z.output<typeof concurrency>, usual: Pick<Concurrency, 'start'>): Concurrency {
  if (typeof given === 'number') return { min: given, start: given, max: given }
  const { min = 1, max = CONCURRENCY_MAX } = given
  return { min, start: given.start ?? Math.max(min, Math.min(usual.start, max)), max }
}
