import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import type { OperatorEnv } from './routes.js'

/** Alerta's shape of every error. */
export const errorSchema = z.object({
  status: z.literal('error'),
  message: z.string(),
  code: z.int(),
  errors: z.null(),
  requestId: z.string().nullable(),
})

export function errorAnswer(c: Context<OperatorEnv>, code: HTTPException['status'], message: string): Response {
  const requestId = c.env.requestId ?? null
  const body: z.input<typeof errorSchema> = { status: 'error', message, code, errors: null, requestId }
  return c.json(body, code)
}

/** Refusals: for the operator to read. */
export const notFound = (message: string): HTTPException => new HTTPException(404, { message })
export const forbidden = (message: string): HTTPException => new HTTPException(403, { message })
export const conflict = (message: string): HTTPException => new HTTPException(409, { message })
export const badRequest = (message: string): HTTPException => new HTTPException(400, { message })
