import { plain } from '../base/plain.js'
import { unreachable } from '../base/unreachable.js'
import type { DiffLine, Drift, Tally } from '../model/resync.js'
import { CommandFailed } from './command-failed.js'
import type { ExitCode, Io } from './io.js'
import { type RunningRelay, runningRelay } from './operator.js'
import { createProgress } from './progress.js'
import { askedOf, counted, follow, reportingFailure } from './resync.js'

export interface DiffOptions {
  /** path of the configuration file */
  readonly config: string
  /** queues what the destination needs */
  readonly repair?: boolean
  /** each line as JSON */
  readonly json?: boolean
}

/**
 * `alerta-relay diff <destination>`: on what the ledger and a destination do not agree. Exit code 0: on nothing; 1:
 * on something, or they could not be compared; 2: wrong usage.
 */
export async function diff(destination: string, options: DiffOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('diff', io, async () => {
    const relay = runningRelay(options.config, io.env, io.signal)
    const equal = await compare(destination, options, relay, io)
    if (equal) return 0
    if (options.repair === true) {
      await relay.ask('POST', `/resync/${encodeURIComponent(destination)}`, askedOf({}))
      await follow(destination, relay, options.json === true ? { ...io, stdout: io.stderr } : io)
    }
    return 1
  })
}

async function compare(destination: string, { json }: DiffOptions, relay: RunningRelay, io: Io): Promise<boolean> {
  const show = json === true ? asJson(io) : asText(destination, io)
  for await (const line of relay.lines('POST', `/diff/${encodeURIComponent(destination)}`, {})) {
    const told = line as DiffLine
    if (told.kind === 'failed') throw new CommandFailed(`${destination} cannot be compared: ${told.why}`)
    show(told)
    if (told.kind === 'summary') return told.equal
  }
  throw new CommandFailed(`the relay ended before ${destination} was compared`)
}

type Show = (line: Exclude<DiffLine, { kind: 'failed' }>) => void

const asJson =
  ({ stdout }: Io): Show =>
  (line) => {
    if (line.kind !== 'reading') stdout.write(`${JSON.stringify(line)}\n`)
  }

const asText = (destination: string, io: Io): Show => {
  const progress = createProgress(io)
  return (line) => {
    if (line.kind === 'reading') {
      const { read, told } = line
      return progress.show('reading', `reading ${destination}, ${read} of ${told} alerts`, read / Math.max(told, 1))
    }
    progress.clear()
    switch (line.kind) {
      case 'drift':
        if (!line.onTheWay) io.stdout.write(`${described(line)}\n`)
        return
      case 'summary':
        io.stdout.write(`${summary(destination, line.tally, line.equal)}\n`)
        return
      default:
        return unreachable(line)
    }
  }
}

function summary(destination: string, tally: Tally, equal: boolean): string {
  const moving = tally['on the way'] ?? 0
  const onTheWay = moving === 0 ? '' : `; ${moving} on their way`
  const found = equal ? 'equal' : counted(tally)
  return `${destination}: ${found} (${tally.seen ?? 0} alerts here, ${tally.read ?? 0} there${onTheWay})`
}

/** "differs        Production/web01/NodeDown  here: ack critical  there: open critical" */
function described({ difference, environment, resource, event, customer, here, there }: Drift): string {
  const name = [environment, resource, event, ...(customer === null ? [] : [customer])].join('/')
  const side = (where: string, alert: Drift['here']) =>
    alert === null ? '' : `  ${where}: ${alert.status} ${alert.severity} ${alert.id.slice(0, SHOWN_OF_ID)}`
  return plain(`${difference.padEnd(13)}  ${name}${side('here', here)}${side('there', there)}`)
}

/** As the `alerta` command shows ids, and takes them. */
const SHOWN_OF_ID = 8
