import type { Condition } from '../model/alert-query.js'
import { fieldOf, type QueryField } from './query-field.js'
import { readTerm } from './query-term.js'
import { badRequest } from './refusals.js'

/** Parentheses and negations within each other. */
const MAX_DEPTH = 40
const AND = /^(AND(?=[\s(]|$)|&&)/
const OR = /^(OR(?=[\s(]|$)|\|\|)/
const NOT = /^(NOT(?=[\s(]|$)|[!-])/
const FIELD = /^((?:_|attributes)\.[^\s:()"]+|[\w-]+):/

/** Where in the text the reading is. */
export interface Scan {
  readonly rest: () => string
  /** The match at this place, which it goes behind. */
  take(pattern: RegExp): RegExpExecArray | undefined
  wrong(what: string): Error
}

/**
 * Alerta's query string, a part of Lucene's (alerta docs, api/query-syntax; database/backends/postgres/queryparser.py):
 * field:term, phrases, wildcards, /patterns/, ranges, comparisons, AND, OR, NOT, +, -, parentheses, _exists_. Terms one
 * after the other are joined by OR, before a negation by AND. `text` stands where no field does.
 */
export function readQueryString(text: string, defaultField: string): Condition {
  const scan = createScan(text)
  const condition = alternatives(fieldOf(defaultField), 0)
  if (scan.rest() !== '') throw scan.wrong('a parenthesis is not opened')
  return condition

  function alternatives(field: QueryField, depth: number): Condition {
    if (depth > MAX_DEPTH) throw scan.wrong('it is nested too deep')
    let found = conjunction(field, depth)
    while (scan.rest() !== '' && !scan.rest().startsWith(')')) {
      const said = scan.take(OR) !== undefined
      const next = conjunction(field, depth)
      found = {
        kind: !said && next.kind === 'not' ? 'and' : 'or',
        of: [...partsOf(found, said || next.kind !== 'not'), next],
      }
    }
    return found
  }

  function conjunction(field: QueryField, depth: number): Condition {
    const of = [negation(field, depth)]
    while (scan.take(AND) !== undefined) of.push(negation(field, depth))
    return of.length === 1 ? (of[0] as Condition) : { kind: 'and', of }
  }

  function negation(field: QueryField, depth: number): Condition {
    if (depth > MAX_DEPTH) throw scan.wrong('it is nested too deep')
    if (scan.take(NOT) !== undefined) return { kind: 'not', of: negation(field, depth + 1) }
    scan.take(/^\+/)
    const [, name] = scan.take(FIELD) ?? []
    const own = name === undefined ? field : fieldOf(name)
    if (scan.take(/^\(/) === undefined) return readTerm(scan, own)
    const inner = alternatives(own, depth + 1)
    if (scan.take(/^\)/) === undefined) throw scan.wrong('a parenthesis is not closed')
    return inner
  }
}

/** Flat, for what is nested deep the database does not take. */
const partsOf = (found: Condition, or: boolean): readonly Condition[] =>
  found.kind === (or ? 'or' : 'and') ? found.of : [found]

function createScan(text: string): Scan {
  let rest = text.trim()
  return {
    rest: () => rest,
    take(pattern) {
      const match = pattern.exec(rest) ?? undefined
      if (match !== undefined) rest = rest.slice(match[0].length).trimStart()
      return match
    },
    wrong(what) {
      const place = rest === '' ? 'at its end' : `at "${rest.slice(0, 20)}"`
      return badRequest(`Failed to parse query string: ${what} ${place}`)
    },
  }
}
