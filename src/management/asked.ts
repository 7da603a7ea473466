import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'

/** The body of an operator's request; throws a 400 that says what is wrong with it. An empty one asks for nothing special. */
export async function asked<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const text = await c.req.text()
  const read = schema.safeParse(text === '' ? {} : parsed(text))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new HTTPException(400, { message: `${issue?.path.join('.') || 'the body'}: ${issue?.message}` })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new HTTPException(400, { message: 'the body is not JSON', cause })
  }
}

/** The destination in the path; throws a 404 where none has that name. */
export function named(c: Context, destinations: Iterable<string>): string {
  const name = c.req.param('destination') ?? ''
  const all = [...destinations]
  if (all.includes(name)) return name
  throw new HTTPException(404, { message: `no destination is named ${name}; there are ${all.join(', ') || 'none'}` })
}
