/** Named clean-ups, run last in first out, each once: start order is stop order. */
export interface Closers {
  defer(name: string, close: () => void | Promise<void>): void
  /** Runs all, also past failures; then throws an AggregateError of what failed. */
  close(): Promise<void>
}

export function createClosers(): Closers {
  const stack: { name: string; close: () => void | Promise<void> }[] = []
  return {
    defer: (name, close) => void stack.push({ name, close }),
    async close() {
      const failures: Error[] = []
      for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
        try {
          await top.close()
        } catch (cause) {
          failures.push(new Error(`closing ${top.name} failed`, { cause }))
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'closing failed')
    },
  }
}
