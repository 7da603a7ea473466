import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBacklogs } from './backlog.js'
import { killAll, startHelper } from './children.js'
import { type Round, type Row, rowOf, tableOf } from './figures.js'
import { keepResults, pageOf, readKept, withResults } from './kept.js'
import { describeMachine } from './machine.js'
import { type Options, readOptions, USAGE } from './options.js'
import { profilesIn } from './profile.js'
import type { Case, Scenario } from './scenario.js'
import { SCENARIOS } from './scenarios.js'
import { createWorld, type WorldDeps } from './world.js'
import { needWrk } from './wrk.js'

const PAGE = 'docs/performance.md'
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const listed = (): string => SCENARIOS.map(({ name, about }) => `${name.padEnd(12)} ${about}`).join('\n')

/** `asked` is the name of a scenario, or with a colon and the beginning of the name of one of its cases. */
function isAsked(asked: string, scenario: Scenario, { name }: Case): boolean {
  const [wanted, ...part] = asked.split(':')
  return wanted === scenario.name && name.startsWith(part.join(':'))
}

const chosen = (scenario: Scenario, options: Options): readonly Case[] =>
  scenario
    .cases(options)
    .filter((one) => options.scenarios.length === 0 || options.scenarios.some((asked) => isAsked(asked, scenario, one)))

/** Resolves with the exit code: 0, 1 where a check failed, 2 where the command is wrong. */
export async function main(args: readonly string[]): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  process.once('exit', killAll)
  try {
    const options = readOptions(args)
    if (options.help || options.list) {
      say(options.help ? `${USAGE}\n\n${listed()}` : listed())
      return 0
    }
    const all = SCENARIOS.map((scenario) => ({ scenario, cases: chosen(scenario, options) }))
    const unknown = options.scenarios.filter((asked) =>
      all.every(({ cases, scenario }) => !cases.some((one) => isAsked(asked, scenario, one))),
    )
    if (unknown.length > 0) throw new TypeError(`there is no scenario ${unknown.join(', ')}; there are:\n${listed()}`)
    return await run(options)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    process.stderr.write(`bench: ${error.message}\n`)
    return 2
  }
}

async function run(options: Options): Promise<number> {
  needWrk()
  const dir = mkdtempSync(join(tmpdir(), 'relay-bench-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const machine = describeMachine(dir)
  say(JSON.stringify(machine))
  const echo = await startHelper('echo')
  const deps = { options, dir, echo, backlogs: createBacklogs(options, join(dir, 'backlogs'), say) }
  const startedAt = new Date().toISOString()
  const rows: Row[] = []
  for (const scenario of SCENARIOS) {
    const cases = chosen(scenario, options)
    if (cases.length === 0) continue
    say(`\n${scenario.name}: ${scenario.about}`)
    const found = await measured(scenario, cases, deps)
    say(tableOf(found))
    for (const { name, faults } of found) for (const fault of faults) say(`FAILED ${name}: ${fault}`)
    rows.push(...found)
  }
  killAll()
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const results = rows.map((row) => ({ ...row, startedAt, seconds: options.seconds }))
  if (options.json !== undefined) keepResults(options.json, { version, machine, results })
  if (options.keep) {
    const file = `docs/performance/${version}.json`
    keepResults(file, { version, machine, results })
    writeFileSync(PAGE, withResults(readFileSync(PAGE, 'utf8'), pageOf(readKept(file))))
  }
  return rows.some(({ faults }) => faults.length > 0) ? 1 : 0
}

/** Round by round, all cases in each: what slows the machine for a while touches all of them. */
async function measured(scenario: Scenario, cases: readonly Case[], deps: WorldDeps): Promise<Row[]> {
  const rounds = new Map<Case, Round[]>(cases.map((one) => [one, []]))
  for (let i = 0; i < deps.options.rounds; i += 1) {
    for (const one of cases) {
      const profiled = deps.options.profile && i === 0
      const profileDir = profiled ? mkdtempSync(join(tmpdir(), 'relay-profile-')) : undefined
      rounds.get(one)?.push(await oneRound(one, deps, profileDir))
      process.stderr.write(`${scenario.name}, ${one.name}: round ${i + 1} of ${deps.options.rounds}\n`)
      if (profileDir !== undefined) say(profilesIn(profileDir))
    }
  }
  return cases.map((one) => rowOf(scenario.name, one.name, rounds.get(one) ?? []))
}

/** What breaks one case is a fault of it, and the others are measured all the same. */
async function oneRound(one: Case, deps: WorldDeps, profileDir: string | undefined): Promise<Round> {
  const world = createWorld(deps, profileDir)
  try {
    return await one.round(world)
  } catch (error) {
    return { figures: {}, faults: [error instanceof Error ? error.message : String(error)] }
  } finally {
    await world.end()
  }
}
