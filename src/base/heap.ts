import { setFlagsFromString } from 'node:v8'

/** By how much what is old may grow before it is collected, percent. */
const GROWTH = 60

/**
 * Bounds the memory of this process under load. V8 lets the heap grow to a multiple of what lives in it; of what many
 * senders or large bodies leave, most is dead by then (measured: docs/decisions/0019-memory.md).
 */
export const boundHeap = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH}`)
