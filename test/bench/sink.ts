import { type Helper, startHelper } from './children.js'

export interface SinkBehaviour {
  /** how long it takes to answer */
  readonly delayMs?: number
  /** reads, and never answers */
  readonly hangs?: boolean
  /** notes when each tenth of so many had come */
  readonly tenthsOf?: number
}

export interface Tally {
  received: number
  /** without those that came again */
  distinct: number
  /** came after a later one of their resource */
  disordered: number
  /** moments on a clock of the sink's own, ms: of the first, and of each tenth */
  tenths: number[]
}

export interface Sink extends Helper {
  tell(): Promise<Tally>
}

export const startSink = async (behaviour: SinkBehaviour = {}): Promise<Sink> =>
  (await startHelper('sink', behaviour)) as Sink
