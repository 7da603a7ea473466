import { systemClock } from '../base/clock.js'
import { plain } from '../base/plain.js'
import { count, rate, relative } from './figures.js'
import { type Column, cut, grid } from './grid.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { type Paint, paintFor, widthOf } from './paint.js'
import { reportingFailure } from './resync.js'

/** As GET /senders tells it. */
export interface Sender {
  readonly credential: string
  readonly known: boolean
  readonly address: string
  readonly acceptedPerSecond: number
  readonly accepted: number
  /** by HTTP status */
  readonly refused: Readonly<Record<string, number>>
  readonly last: string
  readonly lastError: { readonly at: string; readonly httpStatus: number; readonly why: string } | null
}

/** `alerta-relay senders`: who sends how much, and who is refused and why. */
export async function senders(
  { config, json }: { readonly config: string; readonly json?: boolean },
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('senders', io, async () => {
    const { senders } = await runningRelay(config, io.env, io.signal).ask('GET', '/senders')
    const all = senders as readonly Sender[]
    const lines =
      json === true
        ? all.map((one) => JSON.stringify(one))
        : senderTable(all, systemClock.now(), widthOf(io), paintFor(io))
    io.stdout.write(lines.map((line) => `${line}\n`).join(''))
    return 0
  })
}

const WIDE = 120

export function senderTable(all: readonly Sender[], now: number, width: number, paint: Paint): string[] {
  if (all.length === 0) return ['nobody has sent anything since the relay started']
  const columns: readonly Column<Sender>[] = [
    {
      head: 'credential',
      cell: nameOf,
      least: 14,
      paint: (text, { known }) => (known ? text : paint.red(text)),
    },
    { head: 'from', cell: ({ address }) => address, least: 9 },
    { head: 'in/s', cell: ({ acceptedPerSecond }) => rate(acceptedPerSecond), right: true },
    { head: 'accepted', cell: ({ accepted }) => count(accepted), right: true },
    { head: 'refused', cell: refusals, paint: (text) => (text === '-' ? text : paint.yellow(text)) },
    { head: 'last seen', cell: ({ last }) => relative(last, now) },
    { head: 'last error', cell: (one) => errorOf(one, now) ?? '-', least: 20, from: WIDE },
  ]
  const [head = '', ...rows] = grid(all, columns, width)
  const below = (one: Sender | undefined): string[] => {
    const error = one === undefined || width >= WIDE ? undefined : errorOf(one, now)
    return error === undefined ? [] : [paint.dim(cut(plain(`  ${error}`), width))]
  }
  return [paint.dim(head), ...rows.flatMap((row, i) => [row, ...below(all[i])])]
}

/** A credential by its name; of one that was not let in only what it was. */
function nameOf({ credential, known }: Sender): string {
  if (known) return credential
  return credential === 'none' ? '(no credential)' : `(a wrong ${credential})`
}

/** "401 12, 429 3" */
const refusals = ({ refused }: Sender): string =>
  Object.entries(refused)
    .map(([status, n]) => `${status} ${count(n)}`)
    .join(', ') || '-'

const errorOf = ({ lastError }: Sender, now: number): string | undefined =>
  lastError === null ? undefined : `${relative(lastError.at, now)}: ${lastError.httpStatus} ${lastError.why}`
