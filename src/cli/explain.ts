import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { plain } from '../base/plain.js'
import { CommandFailed } from './command-failed.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { type Paint, paintFor } from './paint.js'
import { reportingFailure } from './resync.js'

export interface ExplainOptions {
  /** path of the configuration file */
  readonly config: string
  /** an X-Alerta-Loop header that it would come with */
  readonly loop?: string
  readonly json?: boolean
}

/** As POST /explain tells it. */
export interface Explained {
  readonly ingress: 'taken' | 'refused' | 'kept back'
  readonly httpStatus: number
  readonly why: string | null
  readonly kind: string | null
  readonly alert: Readonly<Record<string, unknown>> | null
  readonly added: readonly string[]
  readonly known: boolean
  readonly verdicts: readonly {
    readonly destination: string
    readonly goes: boolean
    readonly why: string
    readonly request: string
    readonly credential: string
    readonly lane: string | null
  }[]
}

/**
 * `alerta-relay explain <alert.json | - | alert id>`: who would get an alert that came in now, and why not. Nothing is
 * sent or written. Exit code 0: it would be taken; 1: it would not; 2: it cannot be read.
 */
export async function explain(what: string, options: ExplainOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('explain', io, async () => {
    const relay = runningRelay(options.config, io.env, io.signal)
    const asked = { ...(await readWhat(what, io)), ...(options.loop === undefined ? {} : { loop: options.loop }) }
    const told = (await relay.ask('POST', '/explain', asked)) as unknown as Explained
    const lines =
      options.json === true
        ? told.verdicts.length === 0
          ? [JSON.stringify(told)]
          : told.verdicts.map((one) => JSON.stringify(one))
        : explanation(told, paintFor(io))
    io.stdout.write(lines.map((line) => `${line}\n`).join(''))
    return told.ingress === 'taken' ? 0 : 1
  })
}

/** What is no file is an id. */
async function readWhat(what: string, { stdin }: Io): Promise<object> {
  const json = what === '-' ? (stdin === undefined ? '' : await text(stdin)) : fileOf(what)
  if (json === undefined) return { id: what }
  try {
    const alert: unknown = JSON.parse(json)
    if (typeof alert === 'object' && alert !== null && !Array.isArray(alert)) return { alert }
  } catch (cause) {
    throw new CommandFailed(`${what === '-' ? 'standard input' : what} is not JSON: ${(cause as Error).message}`, 2)
  }
  throw new CommandFailed(`${what === '-' ? 'standard input' : what} is not an alert: it must be a JSON object`, 2)
}

function fileOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && !path.endsWith('.json')) return undefined
    throw new CommandFailed(`cannot read ${path} (${code})`, 2)
  }
}

/** The answer to the sender, and a paragraph for each destination: the lines. */
function explanation(told: Explained, paint: Paint): string[] {
  const { ingress, httpStatus, why, alert, added, known, kind, verdicts } = told
  const reason = why === null ? '' : `: ${plain(why)}`
  const head = `the sender is answered ${httpStatus}${reason}`
  const lines = [ingress === 'taken' ? paint.green(head) : paint.yellow(head)]
  if (alert !== null) lines.push(`${described(alert)}, ${known ? 'which the relay knows' : 'new to the relay'}`)
  else if (kind !== null) lines.push(`it is taken for a ${kind}`)
  if (added.length > 0) lines.push(`added, because absent: ${added.join(', ')}`)
  for (const one of verdicts) {
    const verdict = one.goes ? paint.green('goes') : paint.yellow('does not go')
    lines.push('', `${paint.bold(one.destination)}  ${verdict}: ${plain(one.why)}`)
    if (one.goes) {
      lines.push(`  ${plain(one.request)}, credential: ${one.credential}`)
      if (one.lane !== null) lines.push(`  lane ${plain(one.lane)}`)
    }
  }
  return lines
}

const described = ({ environment, resource, event, severity, status }: NonNullable<Explained['alert']>): string =>
  plain(`${environment}/${resource} ${event}, ${severity}, ${status}`)
