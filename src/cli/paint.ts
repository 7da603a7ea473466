import pc from 'picocolors'
import type { Io } from './io.js'

export type Paint = ReturnType<typeof pc.createColors>

/** Colours on a terminal that shows them and for whom wants them (no-color.org); else the text as it is. */
export const paintFor = ({ stdout, env }: Pick<Io, 'stdout' | 'env'>): Paint =>
  pc.createColors(stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb')

/** Of what is no terminal, as wide as is usual. */
const USUAL_WIDTH = 80
/** Into a file or a pipe nothing is cut. */
const NO_TERMINAL_WIDTH = 200

/** How wide a screen may be. */
export const widthOf = ({ stdout }: Pick<Io, 'stdout'>): number =>
  stdout.isTTY === true ? (stdout.columns ?? USUAL_WIDTH) : NO_TERMINAL_WIDTH
