/** A request as the sink got it. Credentials in it are masked; a Hawk header stays, for it holds no secret. */
export interface Received {
  /** ISO 8601 UTC */
  readonly at: string
  readonly method: string
  /** the request target as it came */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** the bytes, where they are no UTF-8 */
  readonly bodyBase64?: string
  /** severity and subject of an alert, an action's name … */
  readonly what: string
  /** who signed in, or says so; null: nobody */
  who: string | null
  /** the mode in which it was told to misbehave */
  behaved: string | null
  /** null: none was answered */
  status: number | null
}

/** Far more than one looks at; old requests make room. */
export const KEEP_REQUESTS = 10_000
/** Bodies may be large: all that are kept together stay below this. */
const KEEP_BODY_CHARS = 128 * 1024 * 1024

export interface ReceivedList {
  add(received: Received): void
  /** oldest first */
  list(): readonly Received[]
  /** since the start, or since it was cleared */
  total(): number
  clear(): void
}

/** The last requests, bounded in number and in size. */
export function createReceivedList(keep: number): ReceivedList {
  let kept: Received[] = []
  let chars = 0
  let total = 0
  return {
    add(received) {
      kept.push(received)
      chars += received.body.length
      total++
      while (kept.length > keep || (chars > KEEP_BODY_CHARS && kept.length > 1)) {
        chars -= kept.shift()?.body.length ?? 0
      }
    },
    list: () => kept,
    total: () => total,
    clear() {
      kept = []
      chars = 0
      total = 0
    },
  }
}
