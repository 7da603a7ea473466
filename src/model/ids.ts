import { randomUUID } from 'node:crypto'
import { uuidv7 } from 'uuidv7'

/** UUIDv7, lower case, the same along a chain of relays (header X-Alerta-Message). */
export type MessageId = string & { readonly brand: 'MessageId' }

/** The source of ids and other random text; tests inject a predictable one. */
export interface Ids {
  messageId(): MessageId
  /** An alert's for a sender that gave none. */
  alertId(): string
  /** A request's id for a sender that gave none, and what else must only be random. */
  id(): string
}

/**
 * Random, as Alerta's are, but for the last group, which is the time (ms): by their ends they come in order, which the
 * store makes use of. People write the first 8 characters, so the time is not at the beginning, as in version 7.
 */
function alertId(): string {
  const [high, low] = uuidv7().split('-') as [string, string]
  return randomUUID().slice(0, -(high.length + low.length)) + high + low
}

export const randomIds: Ids = { messageId: () => uuidv7() as MessageId, alertId, id: () => randomUUID() }

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** Only version 7: seen ids are forgotten by the time inside them, so other versions cannot be kept. */
export function parseMessageId(text: string): MessageId | undefined {
  return UUID_V7.test(text) ? (text.toLowerCase() as MessageId) : undefined
}
