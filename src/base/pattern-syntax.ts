import { unreachable } from './unreachable.js'

/** A step of a pattern's program; numbers are places in it. */
export type Step =
  | { readonly kind: 'sign'; readonly fits: (code: number) => boolean }
  | { readonly kind: 'split'; readonly one: number; readonly other: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' | 'word' | 'no word' }
  | { readonly kind: 'match' }

type Node =
  | { readonly kind: 'sign'; readonly fits: (code: number) => boolean }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' | 'word' | 'no word' }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number }

/** Each sign of a text is tried against at most so many steps: what one text costs is bounded by it. */
const MAX_STEPS = 1_000
const MAX_LENGTH = 500
const MAX_DEPTH = 50
const MAX_REPEAT = 100

export const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95
const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || code === 0xa0

const CLASSES: Readonly<Record<string, (code: number) => boolean>> = { w: isWord, d: isDigit, s: isSpace }
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 }
/** \y is PostgreSQL's name for a word's edge. */
const EDGES: Readonly<Record<string, 'word' | 'no word'>> = { b: 'word', y: 'word', B: 'no word', Y: 'no word' }

/**
 * The program of a regular expression without look-around, back references and named groups; a text says what is wrong
 * with it. Upper and lower case are the same: texts are compared in lower case.
 */
export function compile(pattern: string): readonly Step[] | string {
  if (pattern.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} signs`
  const signs = [...pattern]
  let at = 0
  let depth = 0
  let problem: string | undefined
  const wrong = (why: string): Node => {
    problem ??= why
    at = signs.length
    return { kind: 'all', of: [] }
  }

  const node = alternatives()
  if (at < signs.length) wrong('a parenthesis is not opened')
  if (problem !== undefined) return problem
  return assemble(node) ?? 'it is too large'

  function alternatives(): Node {
    const of = [sequence()]
    while (signs[at] === '|') {
      at += 1
      of.push(sequence())
    }
    return of.length === 1 ? (of[0] as Node) : { kind: 'any', of }
  }

  function sequence(): Node {
    const of: Node[] = []
    while (at < signs.length && signs[at] !== '|' && signs[at] !== ')') of.push(repeated(atom()))
    return { kind: 'all', of }
  }

  function repeated(node: Node): Node {
    const counts = count()
    if (counts === undefined) return node
    const [min, max] = counts
    if (max < min || min > MAX_REPEAT || (max !== Number.POSITIVE_INFINITY && max > MAX_REPEAT)) {
      return wrong(`something may be repeated ${MAX_REPEAT} times at most`)
    }
    if (node.kind === 'edge') return wrong('nothing is there to repeat')
    if (signs[at] === '?') at += 1 // whether it matches does not depend on greed
    if (count() !== undefined) return wrong('a repetition is repeated')
    return { kind: 'repeat', node, min, max }
  }

  function count(): readonly [number, number] | undefined {
    const sign = signs[at]
    if (sign === '*' || sign === '+' || sign === '?') {
      at += 1
      return [sign === '+' ? 1 : 0, sign === '?' ? 1 : Number.POSITIVE_INFINITY]
    }
    const [braces, from, to] = /^\{(\d{1,4})(?:,(\d{0,4}))?\}/.exec(signs.slice(at, at + 12).join('')) ?? []
    if (braces === undefined) return undefined
    at += braces.length
    const min = Number(from)
    if (to === undefined) return [min, min]
    return [min, to === '' ? Number.POSITIVE_INFINITY : Number(to)]
  }

  function atom(): Node {
    const sign = signs[at] as string
    at += 1
    switch (sign) {
      case '(':
        return group()
      case '[':
        return set()
      case '.':
        return { kind: 'sign', fits: (code) => code !== 10 }
      case '^':
        return { kind: 'edge', edge: 'start' }
      case '$':
        return { kind: 'edge', edge: 'end' }
      case '\\':
        return escaped()
      case '*':
      case '+':
      case '?':
        return wrong('nothing is there to repeat')
      default:
        return exactly(sign)
    }
  }

  function group(): Node {
    if (signs[at] === '?') {
      if (signs[at + 1] !== ':') return wrong('only plain groups are understood')
      at += 2
    }
    depth += 1
    if (depth > MAX_DEPTH) return wrong('its groups are nested too deep')
    const inner = alternatives()
    depth -= 1
    if (signs[at] !== ')') return wrong('a parenthesis is not closed')
    at += 1
    return inner
  }

  function escaped(): Node {
    const edge = EDGES[signs[at] ?? '']
    if (edge !== undefined) {
      at += 1
      return { kind: 'edge', edge }
    }
    const what = escapedSign()
    return typeof what === 'number' ? exactly(String.fromCodePoint(what)) : { kind: 'sign', fits: what }
  }

  /** What a backslash stands before: a class of signs, or one. */
  function escapedSign(): number | ((code: number) => boolean) {
    const sign = signs[at]
    at += 1
    if (sign === undefined) return wrongSign('it ends with a backslash')
    const inClass = CLASSES[sign.toLowerCase()]
    if (inClass !== undefined) return sign === sign.toLowerCase() ? inClass : (code) => !inClass(code)
    if (CONTROLS[sign] !== undefined) return CONTROLS[sign]
    if (/[0-9A-Za-z]/.test(sign)) return wrongSign(`\\${sign} is not understood`)
    return sign.codePointAt(0) as number
  }

  function wrongSign(why: string): number {
    wrong(why)
    return 0
  }

  function set(): Node {
    const negated = signs[at] === '^'
    if (negated) at += 1
    const tests: ((code: number) => boolean)[] = []
    for (let first = true; first || signs[at] !== ']'; first = false) {
      if (at >= signs.length) return wrong('a bracket is not closed')
      const from = member()
      const ranged = signs[at] === '-' && signs[at + 1] !== ']' && at + 1 < signs.length
      if (!ranged) {
        tests.push(typeof from === 'number' ? (code) => code === lower(from) : from)
        continue
      }
      at += 1
      const to = member()
      if (typeof from !== 'number' || typeof to !== 'number' || to < from) return wrong('a range is upside down')
      tests.push((code) => (code >= from && code <= to) || inUpperCase(code, from, to))
    }
    at += 1
    return { kind: 'sign', fits: (code) => tests.some((test) => test(code)) !== negated }
  }

  function member(): number | ((code: number) => boolean) {
    const sign = signs[at] as string
    at += 1
    return sign === '\\' ? escapedSign() : (sign.codePointAt(0) as number)
  }
}

const lower = (code: number): number => String.fromCodePoint(code).toLowerCase().codePointAt(0) as number

/** Texts come in lower case, so that [A-F] has to find "c". */
function inUpperCase(code: number, from: number, to: number): boolean {
  const upper = String.fromCodePoint(code).toUpperCase().codePointAt(0) as number
  return upper >= from && upper <= to
}

function exactly(sign: string): Node {
  const wanted = lower(sign.codePointAt(0) as number)
  return { kind: 'sign', fits: (code) => code === wanted }
}

/** Thompson's construction: each node becomes steps that lead to what follows it. Undefined: there are too many. */
function assemble(root: Node): readonly Step[] | undefined {
  const program: Step[] = []
  // nodes too, for an empty one that is repeated makes no steps
  let visits = 0
  const isFull = (): boolean => program.length >= MAX_STEPS || visits >= MAX_STEPS * 10
  emit(root)
  return isFull() ? undefined : [...program, { kind: 'match' }]

  function emit(node: Node): void {
    visits += 1
    if (isFull()) return
    switch (node.kind) {
      case 'sign':
      case 'edge':
        program.push(node)
        return
      case 'all':
        for (const one of node.of) emit(one)
        return
      case 'any':
        emitAny(node.of)
        return
      case 'repeat':
        emitRepeat(node)
        return
      default:
        unreachable(node)
    }
  }

  function emitAny([first, ...rest]: readonly Node[]): void {
    if (first === undefined) return
    if (rest.length === 0) return emit(first)
    const split = hole()
    emit(first)
    const jump = hole()
    program[split] = { kind: 'split', one: split + 1, other: program.length }
    emitAny(rest)
    program[jump] = { kind: 'jump', to: program.length }
  }

  function emitRepeat({ node, min, max }: Node & { kind: 'repeat' }): void {
    for (let i = 0; i < min && !isFull(); i += 1) emit(node)
    if (max === Number.POSITIVE_INFINITY) {
      const split = hole()
      emit(node)
      program.push({ kind: 'jump', to: split })
      program[split] = { kind: 'split', one: split + 1, other: program.length }
      return
    }
    for (let i = min; i < max && !isFull(); i += 1) {
      const split = hole()
      emit(node)
      program[split] = { kind: 'split', one: split + 1, other: program.length }
    }
  }

  /** A place for a step that is known when what follows it is. */
  function hole(): number {
    return program.push({ kind: 'match' }) - 1
  }
}
