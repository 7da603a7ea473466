import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { parseDuration, parseSize } from '../base/units.js'
import { parseIdentity } from '../model/identity.js'
import { formatDuration, formatListen, formatSize } from './format.js'
import { Secret } from './secret.js'

/**
 * Field types of the configuration. Decoding reads what stands in the file; encoding writes it again, for `check`.
 * Messages say what would be right and never repeat the value: it may be a secret in the wrong place.
 */

/** Decodes by `read`, which answers undefined for what it cannot read. */
function text<T>(what: string, read: (text: string) => T | undefined, write: (value: T) => string) {
  return z.codec(z.string(`must be ${what}`), z.custom<T>(), {
    decode(text, context) {
      const value = read(text.trim())
      if (value !== undefined) return value
      context.issues.push({ code: 'custom', input: text, message: `must be ${what}` })
      return z.NEVER
    },
    encode: write,
  })
}

/** Longer is a slip of the pen, and dates computed from it would leave the range of a Date. */
const LONGEST_MS = 3650 * 86_400_000
/** Node's timers fire at once above 2^31-1 ms; and no request is worth more than an hour. */
const LONGEST_TIMEOUT_MS = 3_600_000

const durationBetween = (from: number, to: number, what: string) =>
  text(
    what,
    (text) => {
      const ms = parseDuration(text)
      return ms !== undefined && ms >= from && ms <= to ? ms : undefined
    },
    formatDuration,
  )

export const duration = durationBetween(
  1,
  LONGEST_MS,
  'a duration above zero: a number and ms, s, m, h or d, such as 35s or 7d',
)
export const durationOrZero = durationBetween(
  0,
  LONGEST_MS,
  'a duration: a number and ms, s, m, h or d, such as 35s or 7d',
)
export const timeout = durationBetween(
  1,
  LONGEST_TIMEOUT_MS,
  'a duration above zero and up to 1h, such as 35s or 500ms',
)

const sizeFrom = (least: number, what: string) =>
  text(
    what,
    (text) => {
      const bytes = parseSize(text)
      return bytes !== undefined && bytes >= least && Number.isSafeInteger(bytes) ? bytes : undefined
    },
    formatSize,
  )

export const size = sizeFrom(1, 'a size above zero: a number and B, KiB, MiB or GiB, such as 512KiB or 16MiB')
export const sizeOrZero = sizeFrom(0, 'a size: a number and B, KiB, MiB or GiB, such as 256MiB')

export const count = z.int('must be a whole number').min(1, 'must be at least 1')

const secretOf = (allowed: RegExp, what: string) =>
  z.codec(z.string(`must be a text in quotes ${what}, best from the environment: "\${NAME}"`), z.instanceof(Secret), {
    decode(text, context) {
      if (allowed.test(text)) return new Secret(text)
      // one from the environment may stand in quotes where it is named
      const message = text === '' ? 'must not be empty' : `must be a text ${what}, also where it is set elsewhere`
      context.issues.push({ code: 'custom', input: '', message })
      return z.NEVER
    },
    encode: String,
  })

export const secret = secretOf(/^\P{Cc}+$/u, 'without line breaks and other control characters')

/** Whoever has seen one token can try guesses at home; Alerta's default, changeme, everybody knows. */
export const signingSecret = secretOf(
  /^\P{Cc}{16,}$/u,
  'of at least 16 characters, without line breaks and other control characters',
)

/** For what stands in a header as it is: HTTP takes no other characters there. */
export const headerSecret = secretOf(/^[\x21-\x7e]+$/, 'of visible ASCII characters without blanks')

/** The id of a Hawk credential, which stands in quotes in the header (github.com/mozilla/hawk, API.md). */
export const hawkKey = z.string().regex(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, 'must be ASCII text without " and \\')

export const userName = z.string().regex(/^[^:\p{Cc}]+$/u, 'must be a name without a colon')

/** $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash> (PHC string format) */
const ARGON2 = /^\$argon2(id|i|d)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/

export const passwordHash = text(
  'an argon2 hash in its standard form, $argon2id$v=19$m=…,t=…,p=…$salt$hash; alerta-relay hash-password makes one',
  (text) => (ARGON2.test(text) ? new Secret(text) : undefined),
  String,
)

/** An absolute http(s) URL; kept as written, for it stands so in headers. */
export const httpUrl = text(
  'an absolute http or https URL in ASCII without user, query or fragment, such as https://mom1.example.com/api',
  (text) => {
    const trimmed = text.replace(/\/+$/, '')
    // it is sent in X-Alerta-Loop, and a header is ASCII: a name with other letters is written xn--…
    if (parseIdentity(trimmed) === undefined || !/^[\x21-\x7e]+$/.test(trimmed)) return undefined
    const url = new URL(trimmed)
    return url.username + url.password + url.search + url.hash === '' ? trimmed : undefined
  },
  String,
)

export const listenAddress = text(
  'host:port, such as 127.0.0.1:8080, 0.0.0.0:8080 or [::]:8080',
  (text) => {
    const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
    return isHost(host) && Number(port) <= 65_535
      ? { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
      : undefined
  },
  formatListen,
)

function isHost(host: string): boolean {
  const bracketed = /^\[(.+)\]$/.exec(host)?.[1]
  if (bracketed !== undefined) return ipaddr.IPv6.isValid(bracketed)
  if (/^[\d.]+$/.test(host)) return ipaddr.IPv4.isValidFourPartDecimal(host)
  return /^[a-z0-9_.-]+$/i.test(host)
}

export const cidr = text(
  'an address range such as 10.0.0.0/8; a single address is written 10.0.0.1/32',
  (text) => (ipaddr.isValidCIDR(text) ? text : undefined),
  String,
)

export const databaseUrl = text(
  'sqlite:<path of a file>, such as sqlite:data/relay.db; the journal is kept in SQLite only',
  // a database in memory would lose what was answered with 201
  (text) => (/^sqlite:(?!:memory:).+/.test(text) ? text : undefined),
  String,
)

export const webhookName = z
  .string()
  .regex(/^[\w-]{1,64}$/, 'must be the name of a webhook: 1 to 64 letters, digits, dashes or underscores')

/** A regular expression that is to match in full. */
export const pattern = text(
  'a regular expression, such as Production or Dev.*',
  (text) => (compiles(text) ? text : undefined),
  String,
)

/** An origin as browsers send it, `*`, or a regular expression between slashes that is to match in full. */
export const corsOrigin = text(
  'an origin such as https://alerts.example.com (no path, no slash at the end), *, or a regular expression in slashes',
  (text) => (text === '*' || isOrigin(text) || compiles(/^\/(.+)\/$/.exec(text)?.[1]) ? text : undefined),
  String,
)

const isOrigin = (text: string): boolean => parseIdentity(text) !== undefined && new URL(text).origin === text

function compiles(source: string | undefined): boolean {
  if (source === undefined) return false
  try {
    return new RegExp(source) instanceof RegExp
  } catch {
    return false
  }
}
