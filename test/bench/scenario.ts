import type { Round } from './figures.js'
import type { Options } from './options.js'
import type { World } from './world.js'

/** Something measured in rounds; what its figures mean stands in docs/performance.md. */
export interface Case {
  readonly name: string
  round(world: World): Promise<Round>
}

export interface Scenario {
  readonly name: string
  readonly about: string
  cases(options: Options): readonly Case[]
}
