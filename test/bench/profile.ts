import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface CallFrame {
  readonly functionName: string
  readonly url: string
  /** from 0, as the column is; -1 where there is no file */
  readonly lineNumber: number
  readonly columnNumber: number
}

/** What is read of a V8 CPU profile. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: CallFrame
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface SelfTime {
  readonly where: string
  /** of all time that was sampled, idle time too */
  readonly share: number
}

/** The functions in which most time was spent themselves, without what they called; largest first. */
export function selfTimes(profile: Profile, count: number): readonly SelfTime[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let total = 0
  profile.samples.forEach((id, i) => {
    const name = names.get(id) ?? '?'
    const took = profile.timeDeltas[i] ?? 0
    times.set(name, (times.get(name) ?? 0) + took)
    total += took
  })
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([where, time]) => ({ where, share: time / total }))
}

function nameOf({ functionName, url, lineNumber, columnNumber }: CallFrame): string {
  const origin = mapOf(url)?.findEntry(lineNumber, columnNumber)
  const [path, line] =
    origin !== undefined && 'originalSource' in origin
      ? [origin.originalSource, origin.originalLine]
      : [url, lineNumber]
  const file = path.replace(/^.*?\b(src|dist|node_modules)\//, '')
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${line + 1}`}`
}

const maps = new Map<string, SourceMap | undefined>()
/** The build's, for the relay is one bundle. */
function mapOf(url: string): SourceMap | undefined {
  if (!maps.has(url)) maps.set(url, readMap(url))
  return maps.get(url)
}

function readMap(url: string): SourceMap | undefined {
  if (!url.startsWith('file:')) return undefined
  const file = `${fileURLToPath(url)}.map`
  return existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

const SHOWN = 25

/** Of all profiles in a folder, for a terminal. */
export function profilesIn(dir: string): string {
  return readdirSync(dir)
    .map((name) => {
      const times = selfTimes(JSON.parse(readFileSync(join(dir, name), 'utf8')), SHOWN)
      const lines = times.map(({ where, share }) => `${(share * 100).toFixed(1).padStart(6)} %  ${where}`)
      return [join(dir, name), ...lines].join('\n')
    })
    .join('\n')
}
