import { z } from 'zod'
import { type Clock, iso } from '../../base/clock.js'
import type { Store } from '../../store/contract.js'
import { type Exported, IMPORT_ENDS, type Imported } from '../../store/moves.js'
import { known } from './asked.js'
import type { Control } from './destinations.js'
import { exportLine, headerOf, lineOf, readLine } from './export-lines.js'
import type { Routes } from './routes.js'

export interface ExportsDeps {
  readonly controls: ReadonlyMap<string, Control>
  readonly store: Pick<Store, 'moves'>
  readonly newId: () => string
  readonly version: string
  readonly clock: Pick<Clock, 'now'>
}

/** Of one import request, so that its transaction is short. */
const LINES_AT_ONCE = 200

const importSchema = z.strictObject({
  /** of the export's first line */
  export: z.string().min(1).max(64),
  /** as they stand in the export, the first one and the last one left out */
  lines: z.array(z.string()).max(LINES_AT_ONCE),
})
const importAnswer = {
  /** what became of each line, up to one for which the queue was full */
  ends: z.array(z.enum(IMPORT_ENDS)),
  /** of lines that are unusable: which of the request's, from 0, and why */
  problems: z.array(z.object({ line: z.int(), problem: z.string() })),
}

const params = { destination: z.string() }
const refusals = { 404: 'there is no such destination' }

/** Queues and dead letters as JSON lines, out and in. */
export function serveExports({ stream, change }: Routes, deps: ExportsDeps): void {
  const { controls, newId, version, clock } = deps
  const { moves } = deps.store

  async function* exported(destination: string, what: 'queued' | 'dead') {
    yield headerOf({ export: newId(), relay: version, destination, what, at: iso(clock.now()) })
    let lines = 0
    for (let after: number | undefined = 0; after !== undefined; ) {
      const part: Awaited<ReturnType<typeof moves.export>> = await moves.export(destination, what, after)
      for (const one of part.lines) yield lineOf(one)
      lines += part.lines.length
      after = part.next
      // the others have their turn
      await new Promise((resolve) => setImmediate(resolve))
    }
    yield { kind: 'end' as const, lines }
  }

  stream(
    {
      ...{ method: 'post', path: '/destinations/{destination}/export', command: 'export', params, refusals },
      summary: 'What is queued, or the dead letters, with all that is needed to take them in elsewhere.',
      body: z.strictObject({ what: z.enum(['queued', 'dead']).default('queued') }),
      // it has the bodies of alerts
      scope: 'admin:management',
      line: exportLine,
    },
    async ({ params, body }) => {
      const names = moves.names().map(({ name }) => name)
      return exported(known(params.destination, names), body.what)
    },
  )
  change(
    {
      ...{ method: 'post', path: '/destinations/{destination}/import', command: 'import-queue', params, refusals },
      summary: 'Takes in some lines of an export, in their order, behind what is queued.',
      ...{ body: importSchema, answer: importAnswer },
      recorded: ({ params, body }) => ({ ...params, export: body.export, lines: body.lines.length }),
    },
    async ({ params, body, note }) => {
      const destination = known(params.destination, controls.keys())
      const answer = await takeIn(destination, body)
      controls.get(destination)?.wake()
      note(countsOf(answer.ends))
      return answer
    },
  )

  async function takeIn(destination: string, body: z.output<typeof importSchema>) {
    const read = body.lines.map(readLine)
    const usable = read.filter((one): one is Exported => one !== 'end' && !('problem' in one))
    const taken = [...(await moves.import(destination, body.export, usable, clock.now()))]
    const ends: Imported[] = []
    const problems: { line: number; problem: string }[] = []
    for (const [line, one] of read.entries()) {
      const end = one === 'end' || 'problem' in one ? 'unusable' : taken.shift()
      if (end === undefined) break
      ends.push(end)
      if (end === 'unusable') {
        const problem = one !== 'end' && 'problem' in one ? one.problem : 'it says nothing that could be accepted today'
        problems.push({ line, problem })
      }
      if (end === 'full') break
    }
    return { ends, problems }
  }
}

const countsOf = (ends: readonly Imported[]): Partial<Record<Imported, number>> =>
  Object.fromEntries(
    IMPORT_ENDS.map((end) => [end, ends.filter((one) => one === end).length] as const).filter(([, count]) => count > 0),
  )
