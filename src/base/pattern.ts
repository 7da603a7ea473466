import { compile, isWord, type Step } from './pattern-syntax.js'
import { unreachable } from './unreachable.js'

/** Finds itself somewhere in a text, whatever the case. */
export type Pattern = (text: string) => boolean

/** Of longer texts only the beginning is searched. */
const SEARCHED_SIGNS = 4_096

/**
 * A regular expression that costs at most (signs of the text) x (steps of the pattern), whatever both are: all ways
 * through it are followed at once (Thompson 1968, swtch.com/~rsc/regexp/regexp1.html), where the engine of the language
 * may try them one after another for ever. A text says what is wrong with it.
 */
export function createPattern(pattern: string): Pattern | string {
  const program = compile(pattern)
  return typeof program === 'string' ? program : (text) => run(program, text)
}

/** Takes each sign of a text for itself. */
export const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

function run(program: readonly Step[], text: string): boolean {
  const searched = text.slice(0, SEARCHED_SIGNS).toLowerCase()
  const reached = new Uint32Array(program.length)
  let places: readonly number[] = []
  let before = NOTHING
  for (let at = 0, round = 1; ; round += 1) {
    const code = searched.codePointAt(at) ?? NOTHING
    const edges = { start: before === NOTHING, end: code === NOTHING, word: isWordAt(before) !== isWordAt(code) }
    // it may begin anywhere
    const here = follow(program, [...places, 0], edges, { reached, round })
    if (here === 'found') return true
    if (code === NOTHING) return false
    places = here.filter((place) => (program[place] as Step & { kind: 'sign' }).fits(code)).map((place) => place + 1)
    before = code
    at += code > 0xffff ? 2 : 1
  }
}

const NOTHING = -1
const isWordAt = (code: number): boolean => code !== NOTHING && isWord(code)

interface Edges {
  readonly start: boolean
  readonly end: boolean
  readonly word: boolean
}

/** The places that wait for a sign, reached from these without one. */
function follow(
  program: readonly Step[],
  open: number[],
  edges: Edges,
  { reached, round }: { readonly reached: Uint32Array; readonly round: number },
): readonly number[] | 'found' {
  const here: number[] = []
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (reached[place] === round) continue
    reached[place] = round
    const step = program[place] as Step
    if (step.kind === 'match') return 'found'
    if (step.kind === 'sign') here.push(place)
    else open.push(...next(step, place, edges))
  }
  return here
}

function next(step: Exclude<Step, { kind: 'match' | 'sign' }>, place: number, edges: Edges): readonly number[] {
  switch (step.kind) {
    case 'jump':
      return [step.to]
    case 'split':
      return [step.other, step.one]
    case 'edge':
      return (step.edge === 'no word' ? !edges.word : edges[step.edge]) ? [place + 1] : []
    default:
      return unreachable(step)
  }
}
