import { HTTPException } from 'hono/http-exception'

/** A message repeats what is wrong in a question, not a whole long question. */
const LONGEST_MESSAGE = 300

/** What whoever asks has to ask differently; answered in Alerta's shape of errors by the app that the routes stand in. */
export function badRequest(message: string): HTTPException {
  const shown = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message
  return new HTTPException(400, { message: shown })
}

export const notFound = (): HTTPException => new HTTPException(404, { message: 'not found' })

export const ambiguous = (): HTTPException =>
  new HTTPException(409, { message: 'several alerts have an id that begins so' })

export const outOfRange = (pages: number): HTTPException =>
  new HTTPException(416, { message: `page out of range: 1-${pages}` })
