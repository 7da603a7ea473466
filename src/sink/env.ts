import type { HttpBindings } from '@hono/node-server'
import type { Received } from './received.js'

/** What every route of the sink has: node's request, and what was read of it. */
export interface SinkEnv {
  Bindings: HttpBindings
  Variables: {
    received: Received
    body: Buffer
    /** the body as JSON; undefined where it is none */
    json: unknown
  }
}

/** Alerta's shape of every error. */
export const errorBody = (status: number, message: string) => ({
  status: 'error',
  message,
  code: status,
  errors: null,
  requestId: null,
})

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const textOf = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise)
