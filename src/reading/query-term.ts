import { literal } from '../base/pattern.js'
import { unreachable } from '../base/unreachable.js'
import type { Comparison, Condition, TextTest } from '../model/alert-query.js'
import { matching, readNumber } from './filters.js'
import type { QueryField } from './query-field.js'
import type { Scan } from './query-string.js'

const PHRASE = /^"((?:\\.|[^"\\])*)"/
const PATTERN = /^\/((?:\\.|[^/\\])*)\//
const BOUND = String.raw`("(?:\\.|[^"\\])*"|[^\s\]}"]+)`
const RANGE = new RegExp(String.raw`^([[{])\s*${BOUND}\s+TO\s+${BOUND}\s*([\]}])`)
const COMPARISON = /^(>=|<=|>|<)\s*("(?:\\.|[^"\\])*"|(?:\\.|[^\s()"\\])+)/
const WORD = /^(?:\\.|[^\s()"\\[\]{}])+/

const plain = (text: string): string => text.replace(/\\(.)/g, '$1')
const unquote = (text: string): string => plain(text.replace(/^"(.*)"$/, '$1'))

/** One term, for the field that it stands behind. */
export function readTerm(scan: Scan, field: QueryField): Condition {
  const range = scan.take(RANGE)
  if (range !== undefined) {
    const [, opens, from = '', to = '', closes] = range
    const of = [
      ...(from === '*' ? [] : [compared(scan, field, opens === '[' ? '>=' : '>', unquote(from))]),
      ...(to === '*' ? [] : [compared(scan, field, closes === ']' ? '<=' : '<', unquote(to))]),
    ]
    return { kind: 'and', of }
  }
  const [, how, bound = ''] = scan.take(COMPARISON) ?? []
  if (how !== undefined) return compared(scan, field, how as Exclude<Comparison, '='>, unquote(bound))
  const [, phrase] = scan.take(PHRASE) ?? []
  if (phrase !== undefined) return tested(scan, field, plain(phrase), () => matching(whole(plain(phrase))))
  const [, pattern] = scan.take(PATTERN) ?? []
  if (pattern !== undefined) return tested(scan, field, undefined, () => matching(pattern.replaceAll('\\/', '/')))
  const [word] = scan.take(WORD) ?? []
  if (word === undefined) throw scan.wrong('a term is expected')
  if (/(^|[^\\])[*?]/.test(word)) return tested(scan, field, undefined, () => matching(wildcard(word)))
  const text = plain(word)
  return tested(scan, field, text, () => ({ how: 'contains', value: text }))
}

/** `text`: what the term is to a field that is compared as a whole; undefined: it is no such term. */
function tested(scan: Scan, field: QueryField, text: string | undefined, test: () => TextTest): Condition {
  const exactly = (): string => {
    if (text === undefined) throw scan.wrong('wildcards and patterns are for texts, not')
    return text
  }
  switch (field.kind) {
    case 'text':
      return { kind: 'text', field: field.field, test: test() }
    case 'attribute':
      return { kind: 'attribute', name: field.name, test: test() }
    case 'item':
      return { kind: 'item', field: field.field, test: text === undefined ? test() : { how: 'is', value: text } }
    case 'number':
      return { kind: 'number', field: field.field, how: '=', value: readNumber(field.field, exactly()) }
    case 'id':
      return { kind: 'id', value: exactly() }
    case 'exists':
      return { kind: 'attribute', name: exactly(), test: undefined }
    default:
      return unreachable(field)
  }
}

function compared(scan: Scan, field: QueryField, how: Exclude<Comparison, '='>, value: string): Condition {
  switch (field.kind) {
    case 'text':
      return { kind: 'text', field: field.field, test: { how, value } }
    case 'attribute':
      return { kind: 'attribute', name: field.name, test: { how, value } }
    case 'number':
      return { kind: 'number', field: field.field, how, value: readNumber(field.field, value) }
    case 'item':
    case 'id':
    case 'exists':
      throw scan.wrong('only texts, numbers and times can be compared, not')
    default:
      return unreachable(field)
  }
}

/** Between edges of words, as at Alerta; where it begins or ends with another sign there is none to look for. */
function whole(phrase: string): string {
  const edge = (sign: string | undefined): string => (/\w/.test(sign ?? '') ? '\\b' : '')
  return edge(phrase[0]) + literal(phrase) + edge(phrase.at(-1))
}

/** `*` is any text, `?` one sign or none, between edges of words, as at Alerta. */
function wildcard(word: string): string {
  const parts = word.match(/\\.|[*?]|[^\\*?]+/g) ?? []
  const pattern = parts.map((part) => (part === '*' ? '.*' : part === '?' ? '.?' : literal(plain(part)))).join('')
  const edge = (sign: string | undefined): string => (/[*?\w]/.test(sign ?? '') ? '\\b' : '')
  const only = /^\*+$/.test(word)
  return only ? '' : edge(word[0]) + pattern + edge(word.at(-1))
}
