import type { DestinationConfig } from './destination.js'
import type { Config } from './schema.js'
import { Secret } from './secret.js'

/** What another configuration changes, by names and keys. */
export interface Difference {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** sections that take effect while the relay runs */
  readonly sections: readonly (keyof Config)[]
  /** keys that take effect at the next start only */
  readonly later: readonly string[]
}

/** Read anew for each request; what is not here is built into the relay when it starts. */
const AT_ONCE = [
  'auth',
  'reject',
  'webhooks',
  'web_ui',
  'cors_origins',
  'trusted_proxies',
  'use_proxyfix',
] as const satisfies readonly (keyof Config)[]

export function differenceOf(now: Config, next: Config): Difference {
  const before = byName(now)
  const after = byName(next)
  const others = Object.keys(next).filter((key) => key !== 'destinations') as (keyof Config)[]
  const different = others.filter((key) => !same(now[key], next[key]))
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    changed: [...after].filter(([name, one]) => before.has(name) && !same(before.get(name), one)).map(([name]) => name),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    sections: different.filter(isAtOnce),
    later: different.filter((key) => !isAtOnce(key)).flatMap((key) => innerKeys(key, now[key], next[key])),
  }
}

/** The configuration that can be in force at once: `next`, but for what only a start brings. */
export const inForce = (now: Config, next: Config): Config => ({
  ...now,
  destinations: next.destinations,
  auth: next.auth,
  reject: next.reject,
  webhooks: next.webhooks,
  web_ui: next.web_ui,
  cors_origins: next.cors_origins,
  trusted_proxies: next.trusted_proxies,
  use_proxyfix: next.use_proxyfix,
})

const isAtOnce = (key: keyof Config): boolean => (AT_ONCE as readonly string[]).includes(key)

const byName = ({ destinations }: Config): ReadonlyMap<string, DestinationConfig> =>
  new Map(destinations.map((destination) => [destination.name, destination]))

/** `limits.body` rather than `limits`. */
function innerKeys(key: keyof Config, now: unknown, next: unknown): readonly string[] {
  if (!isSection(now) || !isSection(next)) return [key]
  const inner = new Set([...Object.keys(now), ...Object.keys(next)])
  return [...inner].filter((one) => !same(now[one], next[one])).map((one) => `${key}.${one}`)
}

const isSection = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const same = (a: unknown, b: unknown): boolean => comparable(a) === comparable(b)

/** Secrets count by what they are, which JSON.stringify alone would hide; the text goes nowhere. */
const comparable = (value: unknown): string =>
  JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, shown) {
    const original = this[key]
    return original instanceof Secret ? { secret: original.reveal() } : shown
  })
