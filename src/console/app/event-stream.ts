import { pause } from './clock.js'
import { Refusal, request } from './relay-api.js'

/** One server-sent event (HTML standard, 9.2). */
export interface StreamEvent {
  readonly event: string
  readonly data: string
}

export interface Following {
  /** `after`: the id of the last event that was read; undefined: none yet */
  readonly path: (after: string | undefined) => string
  readonly onEvent: (event: StreamEvent) => void
  /** It is read, or it is cut off and why. */
  readonly onState: (state: 'live' | { readonly cutOff: string }) => void
  readonly signal: AbortSignal
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000
/** The relay says something at least every 15 seconds. */
const SILENT_MS = 35_000

/**
 * Reads a stream for as long as it is wanted, and goes on where it was cut off. By fetch, for an EventSource can neither
 * send the header that keeps other sites out nor say why it was refused.
 */
export async function follow({ path, onEvent, onState, signal }: Following): Promise<void> {
  let after: string | undefined
  let wait = FIRST_WAIT_MS
  while (!signal.aborted) {
    try {
      await readOnce()
      onState({ cutOff: 'the relay has ended the connection' })
    } catch (error) {
      if (signal.aborted) return
      onState({ cutOff: error instanceof Error ? error.message : 'unknown' })
      if (error instanceof Refusal && error.status === 401) return
    }
    await pause(wait, signal)
    wait = Math.min(wait * 2, LONGEST_WAIT_MS)
  }

  async function readOnce(): Promise<void> {
    const silent = new AbortController()
    const stop = () => silent.abort()
    signal.addEventListener('abort', stop)
    try {
      const asking = { signal: silent.signal, accept: 'text/event-stream' }
      const { body } = await request(`operator/${path(after)}`, asking)
      if (body === null) return
      const reader = body.pipeThrough(new TextDecoderStream()).getReader()
      let rest = ''
      for (;;) {
        const watch = new AbortController()
        void pause(SILENT_MS, watch.signal).then(() => watch.signal.aborted || silent.abort())
        const { value, done } = await reader.read().finally(() => watch.abort())
        if (done) return
        wait = FIRST_WAIT_MS
        const blocks = (rest + value).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) take(block)
        onState('live')
      }
    } finally {
      signal.removeEventListener('abort', stop)
      silent.abort()
    }
  }

  function take(block: string): void {
    let event = 'message'
    const data: string[] = []
    for (const line of block.split('\n')) {
      const [, field, value = ''] = /^(id|event|data): ?(.*)$/.exec(line) ?? []
      if (field === 'id') after = value
      else if (field === 'event') event = value
      else if (field === 'data') data.push(value)
    }
    onEvent({ event, data: data.join('\n') })
  }
}
