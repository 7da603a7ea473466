import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { endSchema, REQUEST_BYTES, readHeader } from '../management/operator/export-lines.js'
import { IMPORT_ENDS, type Imported } from '../store/moves.js'
import { CommandFailed } from './command-failed.js'
import { pathOf } from './destinations.js'
import type { ExitCode, Io } from './io.js'
import { type RunningRelay, runningRelay } from './operator.js'
import { reportingFailure } from './resync.js'

/** `alerta-relay export <destination>`: what is queued, or dead, as JSON lines on standard output. */
export async function exportQueue(
  destination: string,
  { config, dead }: { readonly config: string; readonly dead?: boolean },
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('export', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const body = { what: dead === true ? 'dead' : 'queued' }
    let end: { readonly lines: number } | undefined
    for await (const line of relay.lines('POST', pathOf(destination, 'export'), body)) {
      const read = endSchema.safeParse(line)
      if (read.success) end = read.data
      // a line that says why it broke off is none of the export
      else if (isFailure(line)) throw new CommandFailed(`broken off: ${line.why}`)
      await written(io, `${JSON.stringify(line)}\n`)
    }
    if (end === undefined) throw new CommandFailed('broken off: the relay ended')
    io.stderr.write(
      `exported from ${destination}: ${end.lines} ${dead === true ? 'dead letters' : 'queued messages'}\n`,
    )
    return 0
  })
}

const isFailure = (line: unknown): line is { readonly why: string } =>
  typeof line === 'object' && line !== null && 'kind' in line && line.kind === 'failed' && 'why' in line

/** Waits for whoever reads it slowly, so that it is not gathered here. */
async function written({ stdout }: Io, text: string): Promise<void> {
  if (stdout.write(text) !== false || !('once' in stdout)) return
  await new Promise((resolve) => (stdout as NodeJS.WriteStream).once('drain', resolve))
}

/** Of one request: lines, and characters about. */
const LINES = 200
const CHARACTERS = 512 * 1024

interface ImportOptions {
  readonly config: string
  /** path of the export; absent: standard input */
  readonly file?: string
  readonly strict?: boolean
  /** one line of JSON */
  readonly json?: boolean
}

interface Taken {
  readonly ends: readonly Imported[]
  readonly problems: readonly { readonly line: number; readonly problem: string }[]
}

/** `alerta-relay import-queue <destination>`: takes the lines of an export in, in their order. Exit code 1: not all of them. */
export async function importQueue(destination: string, options: ImportOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('import-queue', io, async () => {
    const relay = runningRelay(options.config, io.env, io.signal)
    const counts = Object.fromEntries(IMPORT_ENDS.map((end) => [end, 0])) as Record<Imported, number>
    let isWhole = false
    for await (const { exportId, first, lines, last } of partsOf(options.file, io)) {
      isWhole = last
      const { ends, problems } = await takeIn(relay, destination, exportId, lines)
      for (const end of ends) counts[end] += 1
      for (const { line, problem } of problems) io.stderr.write(`line ${first + line}: ${problem}\n`)
      if (ends.at(-1) === 'full') {
        throw new CommandFailed(
          `${told(destination, counts)}; the queue takes no more from line ${first + ends.length - 1} on: the same again later goes on there`,
        )
      }
      if (options.strict === true && problems.length > 0)
        throw new CommandFailed(`${told(destination, counts)}; stopped`)
    }
    io.stdout.write(
      `${options.json === true ? JSON.stringify({ destination, ...counts }) : told(destination, counts)}\n`,
    )
    if (!isWhole) throw new CommandFailed('the export has no end: it was broken off when it was made')
    return counts.unusable > 0 ? 1 : 0
  })
}

async function takeIn(relay: RunningRelay, destination: string, exportId: string, lines: readonly string[]) {
  const body = { export: exportId, lines }
  if (Buffer.byteLength(JSON.stringify(body)) > REQUEST_BYTES) return TOO_LARGE
  return (await relay.ask('POST', pathOf(destination, 'import'), body)) as unknown as Taken
}

/** A part that is so large is one line. */
const TOO_LARGE: Taken = {
  ends: ['unusable'],
  problems: [{ line: 0, problem: `it is larger than what can be taken in, ${REQUEST_BYTES / 2 ** 20} MiB` }],
}

interface PartOfExport {
  readonly exportId: string
  /** the number of the first line, from 1 */
  readonly first: number
  readonly lines: readonly string[]
  /** the export's own end has been seen */
  readonly last: boolean
}

async function* partsOf(file: string | undefined, io: Io): AsyncGenerator<PartOfExport> {
  const input = file === undefined ? io.stdin : createReadStream(file)
  if (input === undefined) throw new CommandFailed('there is no standard input: name the file by --file', 2)
  let exportId: string | undefined
  let lines: string[] = []
  let first = 2
  let characters = 0
  let number = 0
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1
      if (exportId === undefined) {
        const header = readHeader(line)
        if (typeof header === 'string') throw new CommandFailed(header, 2)
        exportId = header.export
        continue
      }
      if (isEnd(line)) return yield { exportId, first, lines, last: true }
      if (lines.length > 0 && line.length > CHARACTERS) {
        yield { exportId, first, lines, last: false }
        first = number
        lines = []
        characters = 0
      }
      lines.push(line)
      characters += line.length
      if (lines.length < LINES && characters < CHARACTERS) continue
      yield { exportId, first, lines, last: false }
      first = number + 1
      lines = []
      characters = 0
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new CommandFailed(`${file}: ${error.message}`, 2)
    throw error
  }
  if (exportId === undefined) throw new CommandFailed('it is empty', 2)
  yield { exportId, first, lines, last: false }
}

const isEnd = (line: string): boolean => line.startsWith('{"kind":"end"')

const WORDS: Readonly<Record<Imported, string>> = {
  imported: 'queued',
  asNow: 'alerts as they are now',
  already: 'there already',
  outdated: 'outdated',
  notTaken: 'left out, for its filter keeps them back',
  passed: 'left out, for they came from there',
  unusable: 'unusable',
  full: 'left for the next time',
}

function told(destination: string, counts: Readonly<Record<Imported, number>>): string {
  const parts = IMPORT_ENDS.filter((end) => counts[end] > 0).map((end) => `${counts[end]} ${WORDS[end]}`)
  return `taken in for ${destination}: ${parts.join(', ') || 'nothing'}`
}
