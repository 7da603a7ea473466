const OPENING = /^([a-zA-Z]*)('''|"""|'|")/

/** Prefix (lower case), quote and inner text of a string literal; undefined where it does not end with its quote. */
export function takeApart(source: string): { prefix: string; from: number; to: number } | undefined {
  const [opening, prefix = '', quote = ''] = OPENING.exec(source) ?? []
  if (opening === undefined) return undefined
  const to = source.length - quote.length
  return to >= opening.length && source.endsWith(quote) && !isEscaped(source, to)
    ? { prefix: prefix.toLowerCase(), from: opening.length, to }
    : undefined
}

function isEscaped(source: string, at: number): boolean {
  const [backslashes = ''] = /\\*$/.exec(source.slice(0, at)) ?? []
  return backslashes.length % 2 === 1
}

const ESCAPE = /\\(?:(\n|\r\n?)|([\\'"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g
const ONE_LETTER: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** The text that a literal's inner text means (docs.python.org/3, "String and Bytes literals"). An unknown escape stays. */
export function unescaped(inner: string): string {
  return inner.replace(ESCAPE, (whole, line?: string, letter?: string, octal?: string, ...hex: string[]) => {
    if (line !== undefined) return ''
    if (letter !== undefined) return ONE_LETTER[letter] ?? letter
    const code = octal === undefined ? Number.parseInt(hex.slice(0, 3).join(''), 16) : Number.parseInt(octal, 8)
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
  })
}
