import { signal } from '@preact/signals'

/** The console's only source of time. Ours may be set otherwise than the relay's: ages are told by the relay's. */
const ticks = signal(Date.now())
let aheadMs = 0

setInterval(() => {
  ticks.value = Date.now() + aheadMs
}, 1_000)

/** The relay's time, epoch ms; whoever reads it while drawing is drawn again each second. */
export const now = (): number => ticks.value

/** By the Date header of an answer, which has whole seconds. */
export function setByRelay(date: string | null): void {
  const told = Date.parse(date ?? '')
  if (Number.isNaN(told)) return
  const ahead = told + 500 - Date.now()
  // what the way of an answer takes is no difference of clocks
  aheadMs = Math.abs(ahead) < 2_000 ? 0 : ahead
}

/** Resolves after so long, or when the signal aborts. */
export const pause = (ms: number, until?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      until?.removeEventListener('abort', done)
      resolve()
    }
    until?.addEventListener('abort', done)
    if (until?.aborted) done()
  })

/** Runs it every so often, until the function that it gives is called. */
export function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms)
  return () => clearInterval(timer)
}

/** Runs it when nothing has called for it for so long. */
export function whenQuiet<A extends readonly unknown[]>(ms: number, run: (...args: A) => void): (...args: A) => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return (...args) => {
    clearTimeout(timer)
    timer = setTimeout(() => run(...args), ms)
  }
}
