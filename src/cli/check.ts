import { systemClock } from '../base/clock.js'
import { readVersion } from '../base/project.js'
import { describe } from '../config/describe.js'
import { ownIdentities } from '../config/identities.js'
import { loadConfigFile } from '../config/load.js'
import { formatProblem, type Problem } from '../config/problem.js'
import type { Config } from '../config/schema.js'
import { ask } from '../egress/ask.js'
import { CertificateError, readCertificates } from '../egress/certificates.js'
import { type Finding, findings } from '../egress/findings.js'
import { randomIds } from '../model/ids.js'
import type { ExitCode, Io } from './io.js'

type CheckIo = Pick<Io, 'stdout' | 'stderr' | 'env'>

export interface CheckOptions {
  /** path of the configuration file */
  readonly config: string
  /** whether to ask every destination */
  readonly probe: boolean
  /** each finding and problem as one line of JSON on standard output, and nothing else */
  readonly json?: boolean
}

/**
 * `alerta-relay check [--probe]`: what results from a configuration file, and whether its destinations are there.
 * Standard output has the effective configuration, or with --probe the findings; standard error problems and warnings.
 * Resolves to the exit code: 0 all well, 1 a destination failed, 2 the configuration is wrong.
 */
export async function check(options: CheckOptions, io: CheckIo): Promise<ExitCode> {
  const loaded = loadConfigFile(options.config, io.env)
  const problems = loaded.ok ? unreadableCertificates(loaded.config) : loaded.problems
  const tell = (level: Finding['level'], problem: Problem) =>
    options.json === true
      ? io.stdout.write(`${JSON.stringify({ level, ...problem })}\n`)
      : io.stderr.write(line(level, formatProblem(problem)))
  for (const problem of problems) tell('fail', problem)
  if (!loaded.ok || problems.length > 0) return 2

  // who asks for the destinations at three in the morning wants no page of configuration before the answer
  if (!options.probe && options.json !== true) io.stdout.write(describe(loaded.config))
  for (const warning of loaded.warnings) tell('warn', warning)
  return options.probe ? await probe(loaded.config, options, io) : 0
}

async function probe(config: Config, { json }: CheckOptions, { stdout }: CheckIo): Promise<ExitCode> {
  const own = ownIdentities(config)
  const environment = config.self_alerts.enabled ? config.self_alerts.environment : undefined
  const deps = { clock: systemClock, ids: randomIds, ours: { version: readVersion() } }
  const asked = config.destinations.map(async (destination) => ({ destination, answers: await ask(destination, deps) }))
  let failed = false
  for (const { destination, answers } of await Promise.all(asked)) {
    for (const { level, text } of findings(destination, answers, {
      own,
      destinations: config.destinations,
      environment,
    })) {
      const words = line(level, `${destination.name}: ${text}`)
      stdout.write(json === true ? `${JSON.stringify({ level, destination: destination.name, text })}\n` : words)
      failed ||= level === 'fail'
    }
  }
  return failed ? 1 : 0
}

const line = (level: Finding['level'], text: string): string => `${level.padEnd(4)}  ${text}\n`

function unreadableCertificates({ destinations }: Config): Problem[] {
  return destinations.flatMap((destination, i) => {
    try {
      readCertificates(destination)
      return []
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error
      return [{ path: `destinations[${i}].${error.at}`, message: `${error.message}; ${error.hint}` }]
    }
  })
}
