/** Heads that are ready: those of the backlog, and fresh ones that need not wait for it. */
export interface Turns<T> {
  readonly size: number
  /** of them, how many are fresh */
  readonly fresh: number
  push(head: T): void
  pushFresh(head: T): void
  /** In turns: the backlog must get on however much comes in, and the other way round. */
  take(limit: number): readonly T[]
}

export function createTurns<T>(): Turns<T> {
  let ready: T[] = []
  let fresh: T[] = []
  let freshNext = true
  return {
    get size() {
      return ready.length + fresh.length
    },
    get fresh() {
      return fresh.length
    },
    push: (head) => void ready.push(head),
    pushFresh: (head) => void fresh.push(head),
    take(limit) {
      const taken: T[] = []
      let [ofFresh, ofReady] = [0, 0]
      while (taken.length < Math.min(limit, ready.length + fresh.length)) {
        const isFresh = ofFresh < fresh.length && (freshNext || ofReady === ready.length)
        taken.push((isFresh ? fresh[ofFresh] : ready[ofReady]) as T)
        if (isFresh) ofFresh += 1
        else ofReady += 1
        freshNext = !isFresh
      }
      ready = ready.slice(ofReady)
      fresh = fresh.slice(ofFresh)
      return taken
    },
  }
}
