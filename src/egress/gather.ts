/** Collects what can go together, without waiting for more than is there. */
export interface Gather<T> {
  add(one: T): void
  /** Takes out what has not gone yet. */
  takeAll(): readonly T[]
}

export interface GatherDeps<T> {
  /** so many sendings under way at once; what comes meanwhile goes with the next */
  readonly atOnce: number
  /** how many of these, from the first on, go together: one at least */
  readonly fitting: (waiting: readonly T[]) => number
  /** never rejects */
  readonly send: (together: readonly T[]) => Promise<void>
}

/** What is added in one turn of the event loop goes together; so does what is added while nothing more may be sent. */
export function createGather<T>({ atOnce, fitting, send }: GatherDeps<T>): Gather<T> {
  let waiting: T[] = []
  let underWay = 0
  let scheduled = false

  function schedule(): void {
    if (scheduled || waiting.length === 0 || underWay >= atOnce) return
    scheduled = true
    setImmediate(flush)
  }

  function flush(): void {
    scheduled = false
    while (waiting.length > 0 && underWay < atOnce) {
      const count = fitting(waiting)
      const together = waiting.slice(0, count)
      waiting = waiting.slice(count)
      underWay += 1
      void send(together).then(() => {
        underWay -= 1
        schedule()
      })
    }
  }

  return {
    add(one) {
      waiting.push(one)
      schedule()
    },
    takeAll() {
      const all = waiting
      waiting = []
      return all
    },
  }
}
