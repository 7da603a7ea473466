import { corsOrigin } from '../fields.js'
import { type Draft, put, todo, written } from './draft.js'
import { isList, literal, type Value } from './values.js'

const SETTING = 'CORS_ORIGINS'
/** What flask-cors takes for a regular expression. */
const EXPRESSION = /[*\\\]?$^[\]()]/

/** Alerta's origins: `*`, an origin, or a regular expression that must match the beginning; here it must match all. */
export function takeOrigins(value: Value, draft: Draft, line: number): void {
  const place = { setting: SETTING, line }
  const given = isList(value) ? value.items.map(literal) : [literal(value)]
  const origins = given.map((origin) => (origin === undefined ? undefined : converted(origin)))
  const right = origins.filter((origin) => origin !== undefined && corsOrigin.safeParse(origin).success)
  if (right.length < given.length) {
    todo(
      draft,
      place,
      `${given.length - right.length} of ${given.length} entries is no origin and no regular expression: left out`,
    )
  }
  if (right.some((origin) => origin?.startsWith('/'))) {
    todo(draft, place, 'regular expressions must match the whole origin here, not only its beginning')
  }
  if (right.length > 0)
    put(
      draft,
      ['cors_origins'],
      right.map((origin) => written(origin as string)),
      place,
    )
}

function converted(origin: string): string {
  if (origin === '*' || origin === '.*') return '*'
  return EXPRESSION.test(origin) ? `/${origin.replace(/^\^|\$$/g, '')}/` : origin.replace(/\/+$/, '')
}
