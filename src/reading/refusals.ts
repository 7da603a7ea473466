import { HTTPException } from 'hono/http-exception'

/** What whoever asks has to ask differently; answered in Alerta's shape of errors by the app that the routes stand in. */
export const badRequest = (message: string): HTTPException => new HTTPException(400, { message })

export const notFound = (): HTTPException => new HTTPException(404, { message: 'not found' })

export const ambiguous = (): HTTPException =>
  new HTTPException(409, { message: 'several alerts have an id that begins so' })

export const outOfRange = (pages: number): HTTPException =>
  new HTTPException(416, { message: `page out of range: 1-${pages}` })
