/** Lets a bounded number of costly jobs run and a bounded number wait. */
export interface Turnstile {
  /** The job's result, or undefined at once where too many wait already. */
  run<T>(job: () => Promise<T>): Promise<T> | undefined
}

export function createTurnstile(limits: { readonly running: number; readonly waiting: number }): Turnstile {
  const queue: (() => void)[] = []
  let running = 0

  async function pass<T>(job: () => Promise<T>): Promise<T> {
    if (running >= limits.running) await new Promise<void>((resolve) => queue.push(resolve))
    else running++
    try {
      return await job()
    } finally {
      // whoever waits takes over the place, so that nobody slips in between
      const next = queue.shift()
      if (next === undefined) running--
      else next()
    }
  }

  return {
    run: (job) => (running >= limits.running && queue.length >= limits.waiting ? undefined : pass(job)),
  }
}
