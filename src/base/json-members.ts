/**
 * Nesting that we take in: Python's parser at a peer gives up near 1000 levels and SQLite's at 1000, and an answer that
 * repeats them would overflow the stack here.
 */
export const DEEPEST_JSON = 500

/** Where the value of a member stands: from its first byte to the one after its last. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface Scan {
  /** index of the byte after the opening brace */
  readonly inside: number
  /** by decoded key; of a key that comes twice the last one, as every JSON parser takes it */
  readonly members: ReadonlyMap<string, Range>
  /** 1 for an object of scalars */
  readonly depth: number
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c]
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d]
/** Blanks, comma and colon: in bytes that are known to be JSON they need not be told apart. */
const BETWEEN = new Set([0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x3a])

/** Finds the top-level members of a JSON object. The bytes must have been parsed before: nothing is checked here. */
export function scanObject(bytes: Buffer): Scan {
  const members = new Map<string, Range>()
  const inside = bytes.indexOf(OPEN_BRACE) + 1
  let depth = 1
  let at = skipBetween(bytes, inside)
  while (bytes[at] !== CLOSE_BRACE) {
    const keyEnd = endOfText(bytes, at)
    const key = JSON.parse(bytes.toString('utf8', at, keyEnd)) as string
    const start = skipBetween(bytes, keyEnd)
    const value = endOfValue(bytes, start)
    members.set(key, { start, end: value.end })
    depth = Math.max(depth, 1 + value.depth)
    at = skipBetween(bytes, value.end)
  }
  return { inside, members, depth }
}

function skipBetween(bytes: Buffer, from: number): number {
  let at = from
  while (BETWEEN.has(bytes[at] as number)) at++
  return at
}

function endOfValue(bytes: Buffer, start: number): { end: number; depth: number } {
  const first = bytes[start]
  if (first === QUOTE) return { end: endOfText(bytes, start), depth: 0 }
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(bytes, start)
  let end = start
  while (!BETWEEN.has(bytes[end] as number) && bytes[end] !== CLOSE_BRACE) end++
  return { end, depth: 0 }
}

function endOfNested(bytes: Buffer, start: number): { end: number; depth: number } {
  let [open, depth] = [0, 0]
  let at = start
  do {
    const byte = bytes[at]
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth = Math.max(depth, ++open)
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) open--
    at = byte === QUOTE ? endOfText(bytes, at) : at + 1
  } while (open > 0)
  return { end: at, depth }
}

/** Jumps from quote to quote: the texts of big bodies are not walked byte by byte. */
function endOfText(bytes: Buffer, opening: number): number {
  let quote = bytes.indexOf(QUOTE, opening + 1)
  while (isEscaped(bytes, quote)) quote = bytes.indexOf(QUOTE, quote + 1)
  return quote + 1
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let slashes = 0
  while (bytes[at - 1 - slashes] === BACKSLASH) slashes++
  return slashes % 2 === 1
}
