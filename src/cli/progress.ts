import type { Io } from './io.js'

/** How far long work has come, on standard error: what a command prints can be piped all the same. */
export interface Progress {
  /**
   * On a terminal a line that changes, elsewhere one for each stage. `share`: how much is done, from 0 to 1; undefined:
   * nobody knows how much there is.
   */
  show(stage: string, text: string, share?: number): void
  /** At the end, and before anything else is printed. */
  clear(): void
}

const BAR_WIDTH = 20
const CLEAR_LINE = '\r\x1b[K'

export function createProgress({ stderr }: Pick<Io, 'stderr'>): Progress {
  const isLive = stderr.isTTY === true
  let shown = ''
  return {
    show(stage, text, share) {
      if (!isLive) {
        if (stage !== shown) stderr.write(`${text}\n`)
        shown = stage
        return
      }
      const line = share === undefined ? text : `${bar(share)} ${text}`
      if (line !== shown) stderr.write(`${CLEAR_LINE}${line}`)
      shown = line
    },
    clear() {
      if (isLive && shown !== '') stderr.write(CLEAR_LINE)
      shown = ''
    },
  }
}

/** "[#####---------------]" */
function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH)
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}]`
}
