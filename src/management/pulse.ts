import type { Clock } from '../base/clock.js'
import { untilAny } from '../base/until-any.js'
import { createWakeup } from '../base/wakeup.js'

/** A part of what is shown, by its name: a JSON text, and the look at which it became so. */
interface Part {
  readonly event: string
  readonly text: string
  readonly since: number
}

/** What is looked at: events and their parts' names to what they are now. */
export type Look = () => Promise<readonly { readonly event: string; readonly name: string; readonly is: object }[]>

/**
 * How the relay is now, for all who look on: it is looked at once a second for all of them, only while there are any,
 * and what is the same as before is not told again. Who is slow, or comes back, is told what has changed since: nothing
 * waits for them, and nothing piles up.
 */
export interface Pulse {
  start(): void
  /** Ends all that are read. */
  stop(): Promise<void>
  /** As server-sent events (HTML standard, 9.2), from a place on; undefined: all of it first. */
  follow(after: string | undefined, signal: AbortSignal): AsyncGenerator<string>
  readonly readers: () => number
}

const EVERY_MS = 1_000

export interface PulseDeps {
  readonly look: Look
  /** tells this run of the relay from all others */
  readonly boot: string
  readonly clock: Clock
  /** a look has failed */
  readonly failed: (error: Error) => void
}

export function createPulse({ look, boot, clock, failed }: PulseDeps): Pulse {
  const parts = new Map<string, Part>()
  const told = createWakeup()
  const wanted = createWakeup()
  const ended = new AbortController()
  let looks = 0
  let readers = 0
  let loop: Promise<void> = Promise.resolve()
  /** of this look, by the place from which it is read: most readers are at the same */
  const texts = new Map<number, string>()

  async function lookOnce(): Promise<void> {
    const now = await look()
    looks += 1
    texts.clear()
    const there = new Set<string>()
    for (const { event, name, is } of now) {
      const key = `${event} ${name}`
      there.add(key)
      const text = JSON.stringify(is)
      if (parts.get(key)?.text !== text) parts.set(key, { event, text, since: looks })
    }
    for (const [key, { event }] of parts) {
      if (there.has(key) || event === GONE) continue
      parts.delete(key)
      parts.set(`${GONE} ${key}`, { event: GONE, text: JSON.stringify({ key }), since: looks })
    }
    for (const key of there) parts.delete(`${GONE} ${key}`)
  }

  async function run(): Promise<void> {
    while (!ended.signal.aborted) {
      const asked = wanted.armed()
      if (readers === 0) {
        await untilAny(clock, [asked, ended.signal])
        continue
      }
      await lookOnce().then(told.wake, failed)
      await clock.until(clock.now() + EVERY_MS, ended.signal)
    }
  }

  /** What has changed after a look; there is always something, for whoever reads wants to know that all is well. */
  function since(place: number): string {
    const known = texts.get(place)
    if (known !== undefined) return known
    const changed = [...parts.values()].filter((part) => part.since > place && (place > 0 || part.event !== GONE))
    const lines = changed.map(({ event, text }) => `event: ${event}\ndata: ${text}\n\n`).join('')
    const text = `${place === 0 ? 'event: all\ndata: {}\n\n' : ''}${lines}id: ${boot}-${looks}\nevent: beat\ndata: {}\n\n`
    texts.set(place, text)
    return text
  }

  const placeOf = (after: string | undefined): number => {
    const [, run, n] = /^(.*)-(\d+)$/.exec(after ?? '') ?? []
    return run === boot && Number(n) <= looks ? Number(n) : 0
  }

  return {
    start() {
      loop = run()
    },
    async stop() {
      ended.abort()
      told.wake()
      await loop
    },
    async *follow(after, gone) {
      const isOver = () => gone.aborted || ended.signal.aborted
      let place = placeOf(after)
      // the place is taken with the text: more may have changed by the time that it has been read
      const now = (): string => {
        const text = since(place)
        place = looks
        return text
      }
      readers += 1
      wanted.wake()
      try {
        let more = told.armed()
        // who looks on already has it fresh
        if (readers > 1 && looks > place) {
          yield now()
        }
        while (!isOver()) {
          await untilAny(clock, [more, gone, ended.signal])
          // listen first, then look
          more = told.armed()
          if (isOver()) return
          yield now()
        }
      } finally {
        readers -= 1
      }
    },
    readers: () => readers,
  }
}

const GONE = 'gone'
