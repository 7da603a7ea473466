import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is read of a V8 CPU profile. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
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

function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  const file = url.replace(/^.*\/(dist|node_modules)\//, '')
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`
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
