import { plain } from '../base/plain.js'
import { formatProblem, type Problem } from '../config/problem.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { reportingFailure } from './resync.js'

/** As the operator API tells it (management/operator/reload.ts). */
interface Reloaded {
  readonly reloaded: boolean
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  readonly sections: readonly string[]
  readonly later: readonly string[]
}

/** `alerta-relay reload`: the running relay reads its configuration again. Exit code 2: it is wrong, and nothing was changed. */
export async function reload(
  { config, json }: { readonly config: string; readonly json?: boolean },
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('reload', io, async () => {
    const told = (await runningRelay(config, io.env, io.signal).ask('POST', '/reload')) as unknown as Reloaded
    if (json === true) io.stdout.write(`${JSON.stringify(told)}\n`)
    else (told.reloaded ? io.stdout : io.stderr).write(`${[...lines(told)].map(plain).join('\n')}\n`)
    return told.reloaded ? 0 : 2
  })
}

function* lines(told: Reloaded): Generator<string> {
  const { problems, warnings, added, changed, removed, sections, later } = told
  if (!told.reloaded) {
    yield 'the configuration is wrong, nothing was changed:'
    for (const problem of problems) yield `  ${formatProblem(problem)}`
    return
  }
  const effects = Object.entries({ added, changed, removed, 'in force': sections }).filter(
    ([, names]) => names.length > 0,
  )
  for (const [what, names] of effects) yield `${what}: ${names.join(', ')}`
  if (later.length > 0) yield `at the next start: ${later.join(', ')}`
  if (effects.length === 0 && later.length === 0) yield 'nothing has changed'
  for (const warning of warnings) yield `warning: ${formatProblem(warning)}`
}
