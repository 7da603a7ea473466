/** The burying breaker: a queue must not die unseen because a peer refuses everything (DESIGN §4). */
export interface Burying {
  delivered(): void
  /** Returns why the destination should be suspended, or undefined. `scoped`: only one kind of message is refused. */
  died(reason: string, scoped: boolean): string | undefined
  reset(): void
}

const DEATHS_IN_A_ROW = 20
const WINDOW = 200
const DEATHS_IN_WINDOW = WINDOW / 2

export function createBurying(): Burying {
  let inARow = 0
  let window: boolean[] = []
  const note = (died: boolean): void => {
    window.push(died)
    if (window.length > WINDOW) window.shift()
  }
  return {
    delivered() {
      inARow = 0
      note(false)
    },
    died(reason, scoped) {
      if (scoped) return undefined
      inARow += 1
      note(true)
      if (inARow >= DEATHS_IN_A_ROW) return `${inARow} deliveries died in a row, the last of: ${reason}`
      const deaths = window.filter(Boolean).length
      if (window.length === WINDOW && deaths >= DEATHS_IN_WINDOW) {
        return `${deaths} of the last ${WINDOW} deliveries died, the last of: ${reason}`
      }
      return undefined
    },
    reset() {
      inARow = 0
      window = []
    },
  }
}
