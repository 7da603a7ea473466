/** Keys and list positions from the top of the configuration to a value. */
export type Path = readonly (string | number)[]

/** What is wrong at a place, before it is known in which line of which source that stands. */
export interface Fault {
  readonly path: Path
  readonly message: string
}

/** What is wrong and what would be right, for the operator; never shows a configured value. */
export interface Problem {
  /** `destinations[2].auth.secret`; empty for the file as a whole */
  readonly path: string
  readonly message: string
  /** counted from 1; absent for what does not stand in the file */
  readonly line?: number
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[\w-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** One line: `destinations[2].auth.secret (line 31): is missing; …`. */
export function formatProblem(problem: Problem): string {
  const line =
    problem.line === undefined ? '' : problem.path === '' ? `line ${problem.line}` : ` (line ${problem.line})`
  const place = `${problem.path}${line}`
  return place === '' ? problem.message : `${place}: ${problem.message}`
}

/** Whether `path` is `prefix` or lies below it. */
export const isWithin = (path: Path, prefix: Path): boolean =>
  prefix.length <= path.length && prefix.every((part, i) => part === path[i])
