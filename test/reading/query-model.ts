import fc from 'fast-check'
import type { Known } from './alerts.js'

/** A part of a query string, and what it means: written down once more, as plainly as can be. */
export type Part =
  | { readonly kind: 'term'; readonly text: string; readonly holds: (alert: Known) => boolean }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Part[]; readonly word: string }
  | { readonly kind: 'not'; readonly of: Part; readonly word: string }
  /** "left NOT right" without a word between them is AND NOT */
  | { readonly kind: 'but'; readonly left: Part; readonly right: Part }

export function holds(part: Part, alert: Known): boolean {
  if (part.kind === 'term') return part.holds(alert)
  if (part.kind === 'but') return holds(part.left, alert) && !holds(part.right, alert)
  if (part.kind === 'not') return !holds(part.of, alert)
  return part.kind === 'and' ? part.of.every((one) => holds(one, alert)) : part.of.some((one) => holds(one, alert))
}

/** With parentheses only where the order of precedence wants them: NOT, AND, OR. */
export function written(part: Part, within: 'all' | 'or' | 'and' | 'not' = 'all'): string {
  const parenthesise = (text: string, needed: boolean) => (needed ? `(${text})` : text)
  if (part.kind === 'term') return part.text
  if (part.kind === 'not') return `${part.word}${written(part.of, 'not')}`
  if (part.kind === 'but') {
    return parenthesise(`${written(part.left, 'and')} NOT ${written(part.right, 'not')}`, within !== 'all')
  }
  const parts = part.of.map((one) => written(one, part.kind))
  // before a negation nothing between means AND
  const bare = part.word === ' ' && part.of.some(({ kind }) => kind === 'not')
  const text = parts.join(bare ? ' OR ' : part.word)
  return parenthesise(text, within === 'not' || (within === 'and' && part.kind === 'or') || within === part.kind)
}

type Of = (alert: Known) => string | null

const TEXT_FIELDS: Readonly<Record<string, Of>> = {
  '': ({ text }) => text,
  'text:': ({ text }) => text,
  'resource:': ({ resource }) => resource,
  'event:': ({ event }) => event,
  'environment:': ({ environment }) => environment,
  'group:': ({ group }) => group,
  'value:': ({ value }) => value,
  'attributes.region:': (alert) => attribute(alert, 'region'),
  '_.n:': (alert) => attribute(alert, 'n'),
  'attributes.flag:': (alert) => attribute(alert, 'flag'),
}
const LIST_FIELDS = { 'service:': 'service', 'tags:': 'tags', 'tag:': 'tags' } as const

function attribute({ attributes }: Known, name: string): string | null {
  const value = attributes[name]
  return value === undefined || value === null ? null : String(value)
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
const escaped = (text: string): string => text.replace(/[^\w]/g, '\\$&')
const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const edge = (sign: string | undefined): string => (/\w/.test(sign ?? '') ? '\\b' : '')
const inText = (of: Of, pattern: string) => (alert: Known) => new RegExp(pattern, 'i').test(of(alert) ?? '\0')

const term = (text: string, holds: (alert: Known) => boolean): Part => ({ kind: 'term', text, holds })
const textField = fc.constantFrom(...Object.keys(TEXT_FIELDS))
const ofField = (field: string): Of => TEXT_FIELDS[field] as Of

const WORDS = ['disk', 'Web', 'b', 'EU', '5', 'web2.example', 'example.com', 'db-2', 'true', 'a"b', 'Event1', 'nothing']
const word = fc
  .tuple(textField, fc.constantFrom(...WORDS))
  .map(([field, sought]) =>
    term(field + escaped(sought), (alert) =>
      (ofField(field)(alert) ?? '').toLowerCase().includes(sought.toLowerCase()),
    ),
  )
const PHRASES = ['the disk', 'disk', 'isk', 'c (d)', 'full of "quotes"', 'back\\slash', 'EU', 'web2.example.com']
const phrase = fc
  .tuple(textField, fc.constantFrom(...PHRASES))
  .map(([field, sought]) =>
    term(field + quoted(sought), inText(ofField(field), edge(sought[0]) + literal(sought) + edge(sought.at(-1)))),
  )
const WILDCARDS = { 'd*k': 'd.*k', 'we?': 'we.?', '*b': '.*b', 'e*': 'e.*', 'd?s*': 'd.?s.*' }
const wildcard = fc
  .tuple(textField, fc.constantFrom(...Object.entries(WILDCARDS)))
  .map(([field, [sought, pattern]]) => term(field + sought, inText(ofField(field), `\\b${pattern}\\b`)))
const PATTERNS = ['^web[12]', 'd.sk|b$', '^$', '\\d+', '(full|quotes) ?', 'a\\.b', '[^a-z0-9]']
const pattern = fc.tuple(textField, fc.constantFrom(...PATTERNS)).map(([field, source]) =>
  term(`${field}/${source}/`, (alert) => {
    const text = ofField(field)(alert)
    return text !== null && new RegExp(source, 'i').test(text)
  }),
)
const item = fc
  .tuple(fc.constantFrom(...Object.entries(LIST_FIELDS)), fc.constantFrom('Web', 'web', 'a', 'disk full', 'k=v', 'DB'))
  .map(([[field, name], sought]) => term(field + quoted(sought), (alert) => alert[name].includes(sought)))

const COMPARE: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}
const how = fc.constantFrom(...Object.keys(COMPARE))
const comparison = fc
  .tuple(how, fc.nat(7))
  .map(([sign, bound]) => term(`timeout:${sign}${bound}`, ({ timeout }) => COMPARE[sign]?.(timeout, bound) as boolean))
const textComparison = fc
  .tuple(how, fc.constantFrom('db', 'web1', 'Z'))
  .map(([sign, bound]) =>
    term(`resource:${sign}${bound}`, ({ resource }) => COMPARE[sign]?.(resource, bound) as boolean),
  )
const bound = fc.oneof(fc.nat(7), fc.constant('*' as const))
const range = fc
  .tuple(fc.constantFrom('[', '{'), bound, bound, fc.constantFrom(']', '}'))
  .map(([opens, from, to, closes]) =>
    term(`timeout:${opens}${from} TO ${to}${closes}`, ({ timeout }) => {
      const above = from === '*' || (opens === '[' ? timeout >= from : timeout > from)
      return above && (to === '*' || (closes === ']' ? timeout <= to : timeout < to))
    }),
  )
const equal = fc.nat(7).map((value) => term(`timeout:${value}`, ({ timeout }) => timeout === value))
const exists = fc
  .constantFrom('region', 'n', 'flag', 'a b', 'none')
  .map((name) => term(`_exists_:${quoted(name)}`, ({ attributes }) => Object.hasOwn(attributes, name)))
const severity = fc
  .constantFrom('critical', 'major', 'aj', 'normal')
  .map((name) => term(`severity:${name}`, (alert) => alert.severity.includes(name)))
const id = fc.nat(90).map((n) => term(`id:id-of-${n}`, (alert) => alert.id === `id-of-${n}` || prefixed(alert.id, n)))
/** 8 characters of an id are enough. */
const prefixed = (whole: string, n: number): boolean => `id-of-${n}`.length >= 8 && whole.startsWith(`id-of-${n}`)
const inGroup = fc
  .tuple(fc.constantFrom('resource:', 'text:'), fc.constantFrom(...WORDS), fc.constantFrom(...WORDS))
  .map(([field, one, other]) =>
    term(`${field}(${escaped(one)} OR ${escaped(other)})`, (alert) =>
      [one, other].some((sought) => (ofField(field)(alert) ?? '').toLowerCase().includes(sought.toLowerCase())),
    ),
  )

const leaf = fc.oneof(
  ...[word, phrase, wildcard, pattern, item, comparison, textComparison, range, equal, exists, severity, id, inGroup],
)

export const query: fc.Arbitrary<Part> = fc.letrec<{ part: Part }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constant('and' as const),
      of: fc.array(tie('part'), { minLength: 2, maxLength: 3 }),
      word: fc.constantFrom(' AND ', ' && '),
    }),
    fc.record({
      kind: fc.constant('or' as const),
      of: fc.array(tie('part'), { minLength: 2, maxLength: 3 }),
      word: fc.constantFrom(' OR ', ' || ', ' '),
    }),
    fc.record({ kind: fc.constant('not' as const), of: tie('part'), word: fc.constantFrom('NOT ', '!', '-') }),
    fc.record({ kind: fc.constant('but' as const), left: tie('part'), right: tie('part') }),
  ),
})).part
