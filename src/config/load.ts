import { readFileSync } from 'node:fs'
import { ANONYMOUS_SCOPES } from './auth.js'
import { applyEnvironment, type Override, overrideOf } from './environment.js'
import { type Fault, formatPath, isWithin, type Problem } from './problem.js'
import { judge } from './rules.js'
import { type Config, configSchema } from './schema.js'
import { schemaFaults, schemaWords } from './schema-faults.js'
import { substitute } from './substitute.js'
import { parseYaml, type YamlFile } from './yaml-file.js'

export type Loaded =
  /** `written`: without what is filled in, to be judged again beside other keys */
  | { readonly ok: true; readonly config: Config; readonly written: Config; readonly warnings: Problem[] }
  | { readonly ok: false; readonly problems: Problem[] }

/** Reads and judges a configuration file; one that cannot be read is a problem like any other. */
export function loadConfigFile(path: string, env: NodeJS.ProcessEnv): Loaded {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return {
      ok: false,
      problems: [
        { path: '', message: `cannot read ${path} (${code}); --config or ALERTA_RELAY_CONFIG names another file` },
      ],
    }
  }
  return loadConfig(text, env)
}

/**
 * The configuration from a YAML text and the environment: variables put in, Alerta's names over it, checked against
 * schema and rules. Or every problem at once, of the first of these steps that finds one: the rules between keys are
 * only asked when each key is right.
 */
export function loadConfig(text: string, env: NodeJS.ProcessEnv): Loaded {
  const parsed = parseYaml(text)
  if (!parsed.ok) return parsed
  const { file } = parsed
  const substituted = substitute(withoutEmptySections(file.value ?? {}), env)
  const { value, overrides, faults } = applyEnvironment(substituted.value, env)
  const early = [...faults, ...substituted.faults.filter(({ path }) => overrideOf(overrides, path) === undefined)]
  const place = (fault: Fault) => toProblem(fault, file, overrides)

  const result = configSchema.safeParse(value, { error: schemaWords })
  const wrong = result.success ? [] : schemaFaults(result.error, value).filter((fault) => !isExplained(fault, early))
  if (!result.success || early.length > 0) return refusal([...early, ...wrong].map(place))

  const verdict = judge(result.data)
  if (verdict.problems.length > 0) return refusal(verdict.problems.map(place))
  const config = withAnonymous(result.data)
  return { ok: true, config, written: result.data, warnings: verdict.warnings.map(place) }
}

/** Maps in which every key has a default, so that one whose lines are all comments means the defaults. */
const SECTIONS: readonly string[] = [
  'auth',
  'reject',
  'alerts',
  'webhooks',
  'web_ui',
  'heartbeats',
  'housekeeping',
  'blackouts',
  'self_alerts',
  'tracing',
  'operators',
  'console',
  'limits',
  'retention',
  'log',
] satisfies (keyof Config)[]

const withoutEmptySections = (value: unknown): unknown =>
  typeof value !== 'object' || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value ?? {}).filter(([key, inner]) => inner !== null || !SECTIONS.includes(key)),
      )

/** In the order of the file's lines; what does not stand in the file comes first. */
const refusal = (problems: readonly Problem[]): Loaded => ({
  ok: false,
  problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
})

/** A value that an early fault spoke of, or that stands below such a value, need not be complained of twice. */
const isExplained = (fault: Fault, early: readonly Fault[]): boolean =>
  early.some(({ path }) => isWithin(fault.path, path))

function toProblem({ path, message }: Fault, file: YamlFile, overrides: readonly Override[]): Problem {
  const override = overrideOf(overrides, path)
  if (override !== undefined) {
    return { path: formatPath(path), message: `${message} (set by the environment variable ${override.name})` }
  }
  const line = file.lineOf(path)
  return { path: formatPath(path), message, ...(line === undefined ? {} : { line }) }
}

/** Says in `auth.anonymous` what senders without credentials may do; absent where they may do nothing. */
function withAnonymous(config: Config): Config {
  const { anonymous: written, ...auth } = config.auth
  if (auth.required) return { ...config, auth }
  return { ...config, auth: { ...auth, anonymous: written ?? [...ANONYMOUS_SCOPES] } }
}
