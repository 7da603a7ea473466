/** A kept key or value is a status, an id or a message; what is longer is somebody's data. */
const MAX_TOKEN_BYTES = 4096

const [QUOTE, BACKSLASH, OPEN, CLOSE, COLON, COMMA] = [0x22, 0x5c, 0x7b, 0x7d, 0x3a, 0x2c]
const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
const isOpening = (byte: number): boolean => byte === OPEN || byte === 0x5b
const isClosing = (byte: number): boolean => byte === CLOSE || byte === 0x5d

type State = 'start' | 'first key' | 'key' | 'colon' | 'value' | 'literal' | 'nested' | 'after' | 'end' | 'bad'

/** Where a quote begins a string; elsewhere it is a fault. */
const STRING_STATES: ReadonlySet<State> = new Set(['first key', 'key', 'value', 'nested'])

export interface Skimmer {
  /** False as soon as it cannot be a JSON object. */
  push(chunk: Buffer): boolean
  /** The top-level members that are short strings; undefined when it was no whole JSON object. */
  end(): Readonly<Record<string, string>> | undefined
}

/**
 * Reads the short top-level strings of a JSON object and forgets the rest as it passes. Alerta's answer to an alert
 * repeats the whole alert with its history before it says `id` and `status`: megabytes, for the sake of two words.
 * What is passed over is only counted, not checked.
 */
export function createSkimmer(): Skimmer {
  const members = new Map<string, string>()
  let state: State = 'start'
  let depth = 0
  let inString = false
  let escaped = false
  let token: number[] = []
  let key = ''

  const readString = (byte: number): void => {
    if (!escaped && byte === QUOTE) {
      inString = false
      endString()
      return
    }
    escaped = !escaped && byte === BACKSLASH
    if (state !== 'nested' && token.length <= MAX_TOKEN_BYTES) token.push(byte)
  }
  const endString = (): void => {
    if (state === 'nested') return
    const text = token.length > MAX_TOKEN_BYTES ? '' : unquote(token)
    token = []
    if (text === undefined) state = 'bad'
    else if (state === 'value') {
      if (text !== '') members.set(key, text)
      state = 'after'
    } else {
      key = text
      state = 'colon'
    }
  }
  const afterValue = (byte: number, otherwise: State): State => {
    if (byte === COMMA) return 'key'
    return byte === CLOSE ? 'end' : otherwise
  }
  const steps: Readonly<Record<State, (byte: number) => State>> = {
    start: (byte) => (byte === OPEN ? 'first key' : 'bad'),
    'first key': (byte) => (byte === CLOSE ? 'end' : 'bad'),
    key: () => 'bad',
    colon: (byte) => (byte === COLON ? 'value' : 'bad'),
    value(byte) {
      depth = isOpening(byte) ? 1 : 0
      return depth === 1 ? 'nested' : 'literal'
    },
    nested(byte) {
      if (isOpening(byte)) depth++
      if (isClosing(byte)) depth--
      return depth === 0 ? 'after' : 'nested'
    },
    literal: (byte) => (isBlank(byte) ? 'after' : afterValue(byte, 'literal')),
    after: (byte) => afterValue(byte, 'bad'),
    end: () => 'bad',
    bad: () => 'bad',
  }
  const step = (byte: number): State =>
    isBlank(byte) && state !== 'nested' && state !== 'literal' ? state : steps[state](byte)

  return {
    push(chunk) {
      for (const byte of chunk) {
        if (inString) readString(byte)
        else if (byte === QUOTE && STRING_STATES.has(state)) inString = true
        else state = step(byte)
        if (state === 'bad') return false
      }
      return true
    },
    end: () => (state === 'end' ? Object.fromEntries(members) : undefined),
  }
}

function unquote(token: readonly number[]): string | undefined {
  try {
    return JSON.parse(`"${Buffer.from(token).toString()}"`) as string
  } catch {
    return undefined
  }
}
