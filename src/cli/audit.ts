import { plain } from '../base/plain.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { reportingFailure } from './resync.js'
import { columns } from './table.js'

/** As the operator API tells it (management/operator/audit.ts). */
interface Audited {
  readonly at: string
  readonly who: string
  readonly from: string
  readonly command: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly result: string
  readonly why: string | null
}

export interface AuditOptions {
  readonly config: string
  /** a duration */
  readonly since?: string
  /** part of a name */
  readonly who?: string
  readonly command?: string
  readonly limit?: string
  readonly json?: boolean
}

/** `alerta-relay audit`: who changed what, oldest first. */
export async function audit({ config, json, since, who, command, limit }: AuditOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('audit', io, async () => {
    const given = Object.entries({ since, who, command, limit }).filter(([, value]) => value !== undefined)
    const query = new URLSearchParams(given as [string, string][])
    const answer = await runningRelay(config, io.env, io.signal).ask('GET', `/audit?${query}`)
    const entries = answer.audit as readonly Audited[]
    if (json === true) for (const entry of entries) io.stdout.write(`${JSON.stringify(entry)}\n`)
    else io.stdout.write(entries.length === 0 ? 'nothing was changed\n' : screen(entries))
    return 0
  })
}

const screen = (entries: readonly Audited[]): string =>
  columns([
    ['at', 'who', 'from', 'command', 'result', 'what'],
    ...entries.map(({ at, who, from, command, result, why, fields }) => [
      ...[at, plain(who), from, command, why === null ? result : `${result}: ${plain(why)}`],
      plain(fieldsOf(fields)),
    ]),
  ])

/** destination=mom1 reason="upgrade of mom1" */
const fieldsOf = (fields: Audited['fields']): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(
      ([name, value]) => `${name}=${typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value)}`,
    )
    .join(' ')
