import { LINK_HEADER } from '../model/link.js'

export const ANSWER_HEADERS = ['content-type', 'retry-after', 'location', 'date', LINK_HEADER] as const
export type AnswerHeaders = { readonly [name in (typeof ANSWER_HEADERS)[number]]?: string }

export interface Answer {
  readonly kind: 'answer'
  readonly status: number
  readonly headers: AnswerHeaders
  /** undefined: not read (kind http), too long, or it broke off */
  readonly body: string | undefined
  /** longer than an answer of Alerta's shape can be */
  readonly oversized: boolean
}

/** What came of one request, before anybody judged it. */
export type Exchange =
  | Answer
  /** no byte of it left: it certainly had no effect */
  | { readonly kind: 'not sent'; readonly code: string; readonly why: string }
  /** it may have been executed; nobody told us */
  | { readonly kind: 'unknown'; readonly why: string }

/** A request as it goes out, but for the signature. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** percent-encoded, from the root of the destination's host */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
  /** it may go together with others in one request, where the destination takes that */
  readonly batch?: boolean
}
