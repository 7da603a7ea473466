import { createSkimmer, type Skimmer } from './skim.js'

/** Kept whole up to here: Alerta's usual answer has 1 to 20 KiB, and a destination may have 32 of them at once. */
export const MAX_ANSWER_BYTES = 64 * 1024
/** Read at all: an answer repeats the alert, of which the relay accepts 16 MiB, and its history. */
export const MAX_SKIMMED_BYTES = 64 * 1024 * 1024

export interface Reading {
  /** False: enough, the rest is not wanted. */
  push(chunk: Buffer): boolean
  end(): { readonly body: string | undefined; readonly oversized: boolean }
}

/** Reads an answer in bounded memory. A long JSON object is reduced to its short top-level strings. */
export function createReading(): Reading {
  const chunks: Buffer[] = []
  let bytes = 0
  let skimmer: Skimmer | undefined
  return {
    push(chunk) {
      bytes += chunk.length
      if (skimmer === undefined) {
        chunks.push(chunk)
        if (bytes <= MAX_ANSWER_BYTES) return true
        skimmer = createSkimmer()
        return skimmer.push(Buffer.concat(chunks.splice(0)))
      }
      return bytes <= MAX_SKIMMED_BYTES && skimmer.push(chunk)
    },
    end() {
      if (skimmer === undefined) return { body: Buffer.concat(chunks).toString(), oversized: false }
      const members = bytes <= MAX_SKIMMED_BYTES ? skimmer.end() : undefined
      return members === undefined
        ? { body: undefined, oversized: true }
        : { body: JSON.stringify(members), oversized: false }
    },
  }
}

/** Keeps an answer whole; one that is longer than `maxBytes` is not read to its end, and nothing of it is kept. */
export function createKeeping(maxBytes: number): Reading {
  let chunks: Buffer[] = []
  let bytes = 0
  return {
    push(chunk) {
      bytes += chunk.length
      if (bytes <= maxBytes) chunks.push(chunk)
      else chunks = []
      return bytes <= maxBytes
    },
    end: () =>
      bytes <= maxBytes
        ? { body: Buffer.concat(chunks).toString(), oversized: false }
        : { body: undefined, oversized: true },
  }
}

/** Lets an answer pass by unread, so that the connection can be used again; a long one is cut off. */
export function createDump(): Reading {
  let bytes = 0
  return {
    push(chunk) {
      bytes += chunk.length
      return bytes <= MAX_ANSWER_BYTES
    },
    end: () => ({ body: undefined, oversized: false }),
  }
}
