import { ENVIRONMENT_NAMES } from '../environment.js'
import { loadConfig } from '../load.js'
import { formatPath, type Problem } from '../problem.js'
import { readAssignments } from './assignments.js'
import type { Draft, Origin, Remark } from './draft.js'
import { type Mistake, parsePython } from './syntax.js'
import { type TakeOverDeps, takeOver } from './take-over.js'
import { writeYaml } from './write-yaml.js'

export interface ImportDeps extends TakeOverDeps {
  /** what the new file is checked with, beside the secrets that it brings */
  readonly env: NodeJS.ProcessEnv
}

export type Imported =
  | { readonly ok: false; readonly mistake: Mistake }
  | {
      readonly ok: true
      readonly yaml: string
      /** variables that the YAML names, with their values */
      readonly secrets: ReadonlyMap<string, string>
      /** settings whose values went over, as `BASE_URL` */
      readonly taken: readonly string[]
      readonly remarks: readonly Remark[]
      /** what `check` says against the result; empty where it takes it */
      readonly problems: readonly Problem[]
    }

/**
 * Makes a configuration of ours from the text of an Alerta server's (Python 3, which is read and never run). What our
 * rules refuse is left out again, with a remark, so that the result starts.
 */
export function importAlertad(text: string, from: string, { newKey, env }: ImportDeps): Imported {
  const parsed = parsePython(text)
  if (!parsed.ok) return parsed
  const draft = takeOver(readAssignments(parsed.file), { newKey })
  // every round leaves something out, so this ends
  for (;;) {
    const yaml = writeYaml(draft, from)
    const secrets = new Map([...draft.secrets].filter(([name]) => yaml.includes(`\${${name}}`)))
    const loaded = loadConfig(yaml, { ...withoutOverrides(env), ...Object.fromEntries(secrets) })
    const problems = loaded.ok ? [] : loaded.problems
    const refused = problems.flatMap((problem) => refusedBy(problem, draft))
    if (refused.length === 0) {
      const taken = [...new Set(draft.origins.filter(({ line }) => line > 0).map(({ setting }) => setting))]
      const toBeSet = problems.filter(isAboutVariable).map((problem) => variableRemark(problem, draft))
      const remarks = inOrder([...draft.remarks, ...toBeSet])
      const others = problems.filter((problem) => !isAboutVariable(problem))
      return { ok: true, yaml, secrets, taken, remarks, problems: others }
    }
    for (const { origin, message } of refused) leaveOut(draft, origin, message)
  }
}

/** The relay will run in another environment than this one, and Alerta's names would change what is looked at. */
const withoutOverrides = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !ENVIRONMENT_NAMES.includes(name)))

interface Refused {
  readonly origin: Origin
  readonly message: string
}

/** The value that a problem is about, unless the environment has yet to bring it. */
function refusedBy(problem: Problem, draft: Draft): Refused[] {
  const origin = originOf(problem, draft)
  if (origin === undefined || origin.line === 0 || isAboutVariable(problem)) return []
  return hasValue(draft.config, origin) ? [{ origin, message: `${problem.path} ${problem.message}` }] : []
}

const originOf = ({ path }: Problem, { origins }: Draft): Origin | undefined =>
  origins.findLast((each) => covers(formatPath(each.path), path))

/** As config/substitute.ts words it. */
const isAboutVariable = ({ message }: Problem): boolean => /^the environment variable \w+ is not set/.test(message)

/** What came from the environment of that Alerta is to come from ours. */
function variableRemark(problem: Problem, draft: Draft): Remark {
  const { setting = problem.path, line } = originOf(problem, draft) ?? {}
  return { level: 'todo', setting, ...(line === undefined ? {} : { line }), message: problem.message }
}

const covers = (whole: string, part: string): boolean =>
  part === whole || part.startsWith(`${whole}.`) || part.startsWith(`${whole}[`)

const hasValue = (config: unknown, { path }: Origin): boolean =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], config) !==
  undefined

function leaveOut(draft: Draft, origin: Origin, message: string): void {
  const { path, setting, line } = origin
  if (!hasValue(draft.config, origin)) return
  const around = path
    .slice(0, -1)
    .reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], draft.config)
  const key = path.at(-1) as string | number
  if (Array.isArray(around) && typeof key === 'number') removeAt(draft, around, path, key)
  else {
    delete (around as Record<string | number, unknown>)[key]
    draft.origins.splice(draft.origins.indexOf(origin), 1)
  }
  draft.remarks.push({ level: 'todo', setting, line, message: `left out, for ${message}` })
}

/** What stands behind it in the list moves up, in the list and in what is known of its origin. */
function removeAt({ origins }: Draft, around: unknown[], path: Origin['path'], at: number): void {
  around.splice(at, 1)
  const list = formatPath(path.slice(0, -1))
  for (const [i, origin] of [...origins.entries()].reverse()) {
    const index = origin.path.at(-1)
    if (formatPath(origin.path.slice(0, -1)) !== list || typeof index !== 'number') continue
    if (index === at) origins.splice(i, 1)
    else if (index > at) origins[i] = { ...origin, path: [...origin.path.slice(0, -1), index - 1] }
  }
}

const inOrder = (remarks: readonly Remark[]): Remark[] => remarks.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
