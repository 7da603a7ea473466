import { parseArgs } from 'node:util'

export interface Options {
  /** names of scenarios, or `name:beginning of a case's name`; empty: all */
  readonly scenarios: readonly string[]
  readonly rounds: number
  /** how long each measurement lasts */
  readonly seconds: number
  /** how long is pressed before it, unmeasured */
  readonly warmUp: number
  /** sizes of the backlogs */
  readonly queued: readonly number[]
  readonly profile: boolean
  /** where the results are kept; undefined: only printed */
  readonly json: string | undefined
  /** kept for this version in docs/performance/, and written on docs/performance.md */
  readonly keep: boolean
  /** the built relay, so that two builds can be compared */
  readonly dist: string
}

export const USAGE = `npm run bench -- [scenario[:beginning of a case's name] …] [options]
  --rounds N       how often each measurement is made; the median counts (3)
  --seconds S      how long each lasts (10)
  --warm-up S      how long is pressed before each (3)
  --queued N[,N]   sizes of the backlogs (100000,1000000)
  --profile        profile the relays in the first round, and print where their time went
  --json FILE      write the results there; what was measured before stays, where it was not measured again
  --keep           the same with docs/performance/<version>.json, and docs/performance.md shows them
  --dist DIR       the built relay (dist)
  --list           the scenarios`

const number = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (!Number.isFinite(value) || value < least) throw new TypeError(`--${name}: ${text} is no number from ${least} on`)
  return value
}

/** Throws a TypeError with what is wrong. */
export function readOptions(args: readonly string[]): Options & { readonly list: boolean; readonly help: boolean } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '10' },
      'warm-up': { type: 'string', default: '3' },
      queued: { type: 'string', default: '100000,1000000' },
      profile: { type: 'boolean', default: false },
      json: { type: 'string' },
      keep: { type: 'boolean', default: false },
      dist: { type: 'string', default: 'dist' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    scenarios: positionals,
    rounds: Math.round(number('rounds', values.rounds, 1)),
    seconds: number('seconds', values.seconds, 1),
    warmUp: number('warm-up', values['warm-up'], 1),
    queued: values.queued.split(',').map((size) => number('queued', size, 1000)),
    profile: values.profile,
    json: values.json,
    keep: values.keep,
    dist: values.dist,
    list: values.list,
    help: values.help,
  }
}
