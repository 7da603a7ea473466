import { randomUUID } from 'node:crypto'
import { uuidv7 } from 'uuidv7'

/** UUIDv7, lower case, the same along a chain of relays (header X-Alerta-Message). */
export type MessageId = string & { readonly brand: 'MessageId' }

/** The source of ids and other random text; tests inject a predictable one. */
export interface Ids {
  messageId(): MessageId
  /** An alert's or request's id for a sender that gave none. */
  id(): string
}

/** Alerts get version 4, as Alerta gives them: people write the first 8 characters, of version 7 a minute's all alike. */
export const randomIds: Ids = { messageId: () => uuidv7() as MessageId, id: () => randomUUID() }

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** Only version 7: seen ids are forgotten by the time inside them, so other versions cannot be kept. */
export function parseMessageId(text: string): MessageId | undefined {
  return UUID_V7.test(text) ? (text.toLowerCase() as MessageId) : undefined
}
