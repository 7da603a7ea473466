import type { Kind } from '../model/message.js'
import type { AlertStory, DeliveryState, MessageStory } from '../model/story.js'

/** Which messages are meant; what is undefined does not matter. */
export interface MessageQuery {
  readonly destination?: string | undefined
  /** of a delivery, to the destination where one is named; `skipped`: it does not go there */
  readonly state?: DeliveryState | 'skipped' | undefined
  readonly kind?: Kind | undefined
  /** any of the ids of their alert, or 8 characters or more of one */
  readonly alertId?: string | undefined
  /** of their alert, exactly */
  readonly resource?: string | undefined
  readonly event?: string | undefined
  readonly environment?: string | undefined
  /** stands in the body, in upper or lower case */
  readonly text?: string | undefined
  /** accepted, epoch ms, both included */
  readonly since?: number | undefined
  readonly until?: number | undefined
  readonly limit: number
  /** of the page before */
  readonly cursor?: string | undefined
}

export interface MessagePage {
  /** newest first, without attempts */
  readonly messages: readonly MessageStory[]
  /** asks for what is older; undefined: there is nothing */
  readonly cursor: string | undefined
  /** the search took too long: more may fit among what is older than `lookedBackTo` (epoch ms), and the cursor asks for it */
  readonly cutShort: boolean
  readonly lookedBackTo: number | undefined
}

/** What happened to messages and alerts, as far as it is not pruned. Rejects with StoreUnavailable. */
export interface Stories {
  /** Bounded work; the store does other things meanwhile. 'ambiguous': several alerts have an id that begins so. */
  list(query: MessageQuery): Promise<MessagePage | 'ambiguous'>
  /** By its id or the beginning of it, with its body and all attempts; a list: the ids of those that begin so. */
  message(beginning: string): Promise<MessageStory | readonly string[]>
  /** By any of its ids, or 8 characters or more of one; `most`: of its messages, the newest. */
  alert(id: string, most: number): Promise<AlertStory | 'ambiguous' | undefined>
}
