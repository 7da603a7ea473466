/**
 * The batch link: how one relay gives another many messages in one request. Its body is one line of JSON, a list that
 * says of each request of the plain API what it would have said by itself and how long its body is; after the line the
 * bodies follow, one after the other, byte for byte.
 */
export const LINK_PATH = '/relay/messages'
export const LINK_TYPE = 'application/vnd.alerta-relay.messages'
/** Of an answer: the relay that gives it takes batches, so large ones. */
export const LINK_HEADER = 'x-alerta-batch'

/** What one batch may hold. */
export interface BatchLimits {
  readonly messages: number
  /** of the whole, before it is compressed */
  readonly bytes: number
}

/**
 * As many messages as share a commit, and as many bytes as a proxy lets through that nobody told otherwise (nginx: 1 MiB);
 * more would bring little.
 */
export const BATCH_LIMITS: BatchLimits = { messages: 256, bytes: 1024 * 1024 }

/** What one message says of itself, beside its body. */
export interface BatchedHead {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  /** below the url of the relay, percent-encoded */
  readonly path: string
  /** by names in lower case */
  readonly headers: Readonly<Record<string, string>>
  /** of its body; null: it has none */
  readonly bytes: number | null
}

/** What one message is answered: of the plain answer what its sender acts upon. */
export interface BatchedAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

/** The value of LINK_HEADER: "messages=256, bytes=1048576". */
export const formatLimits = ({ messages, bytes }: BatchLimits): string => `messages=${messages}, bytes=${bytes}`

/** Undefined: none, or none that can be read. */
export function parseLimits(header: string | undefined): BatchLimits | undefined {
  const [, messages, bytes] = /^messages=(\d{1,6}), bytes=(\d{1,9})$/.exec(header ?? '') ?? []
  return messages === undefined ? undefined : { messages: Number(messages), bytes: Number(bytes) }
}
