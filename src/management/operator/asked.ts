import type { Context } from 'hono'
import { z } from 'zod'
import { badRequest, notFound } from './errors.js'

interface Wanted {
  readonly params?: Readonly<Record<string, z.ZodType>>
  readonly query?: Readonly<Record<string, z.ZodType>>
  readonly body?: z.ZodType
}

/**
 * What an operator's request asks for; throws a 400 that says what is wrong with it. An empty body asks for nothing
 * special; a parameter in the query that is given more than once is a list. `words`: all of it, as it was written.
 */
export async function askedOf(c: Context, { params = {}, query = {}, body }: Wanted) {
  const inQuery = queryOf(c)
  const inBody = body === undefined ? {} : parsed(await c.req.text())
  return {
    params: right(z.object(params), c.req.param()),
    query: right(z.strictObject(query), inQuery),
    body: body === undefined ? undefined : right(body, inBody),
    words: { ...c.req.param(), ...inQuery, ...(inBody as object) },
  }
}

/** Without `api-key`, which is a credential. */
const queryOf = (c: Context) =>
  Object.fromEntries(
    Object.entries(c.req.queries())
      .filter(([name]) => name !== 'api-key')
      .map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  )

function right<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const read = schema.safeParse(given, { error: words })
  if (read.success) return read.data
  const [issue] = read.error.issues
  const message = issue?.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue?.message
  throw badRequest(`${issue?.path.join('.') || 'the request'}: ${message}`)
}

/** Where the schema itself says nothing. */
const words: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'invalid_value' ? `must be one of ${issue.values.map(String).join(', ')}` : undefined

function parsed(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('the body is not JSON')
  }
}

/** Throws a 404 where there is no destination of that name. */
export function known(name: string, destinations: Iterable<string>): string {
  const all = [...destinations].sort()
  if (all.includes(name)) return name
  throw notFound(`no destination is named ${name}; there are ${all.join(', ') || 'none'}`)
}
