import { accessSync, constants } from 'node:fs'
import { systemClock } from '../base/clock.js'
import { readVersion } from '../base/version.js'
import { describe } from '../config/describe.js'
import { ownIdentities } from '../config/identities.js'
import { loadConfigFile } from '../config/load.js'
import { formatProblem, type Problem } from '../config/problem.js'
import type { Config } from '../config/schema.js'
import { randomIds } from '../model/ids.js'
import { ask } from './ask.js'
import { type Finding, findings } from './findings.js'
import type { ExitCode, Io } from './io.js'

type CheckIo = Pick<Io, 'stdout' | 'stderr' | 'env'>

export interface CheckOptions {
  /** path of the configuration file */
  readonly config: string
  /** whether to ask every destination */
  readonly probe: boolean
}

/**
 * `alerta-relay check [--probe]`: what results from a configuration file, and whether its destinations are there.
 * Standard output has the effective configuration and the findings, standard error problems and warnings. Resolves to
 * the exit code: 0 all well, 1 a destination failed, 2 the configuration is wrong.
 */
export async function check(options: CheckOptions, io: CheckIo): Promise<ExitCode> {
  const loaded = loadConfigFile(options.config, io.env)
  const problems = loaded.ok ? unreadableCertificates(loaded.config) : loaded.problems
  for (const problem of problems) io.stderr.write(line('fail', formatProblem(problem)))
  if (!loaded.ok || problems.length > 0) return 2

  io.stdout.write(describe(loaded.config))
  for (const warning of loaded.warnings) io.stderr.write(line('warn', formatProblem(warning)))
  return options.probe ? await probe(loaded.config, io) : 0
}

async function probe(config: Config, { stdout }: CheckIo): Promise<ExitCode> {
  const own = ownIdentities(config)
  const deps = { clock: systemClock, ids: randomIds, ours: { version: readVersion() } }
  const asked = config.destinations.map(async (destination) => ({ destination, answers: await ask(destination, deps) }))
  let failed = false
  stdout.write('\n')
  for (const { destination, answers } of await Promise.all(asked)) {
    for (const { level, text } of findings(destination, answers, { own, destinations: config.destinations })) {
      stdout.write(line(level, `${destination.name}: ${text}`))
      failed ||= level === 'fail'
    }
  }
  return failed ? 1 : 0
}

const line = (level: Finding['level'], text: string): string => `${level.padEnd(4)}  ${text}\n`

/** Reading them belongs to the start of the relay; here it is only seen whether that will succeed. */
function unreadableCertificates({ destinations }: Config): Problem[] {
  return destinations.flatMap(({ ca }, i) => {
    if (ca === undefined || isReadable(ca)) return []
    return [{ path: `destinations[${i}].ca`, message: `cannot read ${ca}; it must be a PEM file` }]
  })
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}
