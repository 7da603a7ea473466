import { useEffect, useState } from 'preact/hooks'
import { every } from './clock.js'
import { ask, Refusal } from './relay-api.js'

export interface Asked<T> {
  /** of the last good answer */
  readonly data: T | undefined
  /** why there is no newer one */
  readonly problem: string | undefined
  /** Asks once more. */
  again(): void
}

/**
 * What the relay answers to a request, asked again as often as told; undefined: nothing is asked. "POST path" asks by
 * POST, and what stands behind a # only tells one question from the same one later.
 */
export function useAsked<T>(path: string | undefined, everyMs?: number): Asked<T> {
  const [state, setState] = useState<{ of?: string; data?: T; problem?: string }>({})
  const [round, setRound] = useState(0)

  useEffect(() => {
    if (path === undefined) return undefined
    const controller = new AbortController()
    void load(path, controller.signal, setState)
    return () => controller.abort()
  }, [path, round])
  useEffect(() => {
    if (everyMs === undefined || path === undefined) return undefined
    // what nobody looks at need not be asked for
    return every(everyMs, () => document.visibilityState === 'visible' && setRound((n) => n + 1))
  }, [path, everyMs])

  // the answer to another question is none
  const isOurs = state.of?.split('#')[0] === path?.split('#')[0]
  return {
    data: isOurs ? state.data : undefined,
    problem: isOurs ? state.problem : undefined,
    again: () => setRound((n) => n + 1),
  }
}

const BY_POST = 'POST '

async function load<T>(
  path: string,
  signal: AbortSignal,
  set: (
    change: (before: { of?: string; data?: T; problem?: string }) => { of?: string; data?: T; problem?: string },
  ) => void,
): Promise<void> {
  try {
    const [asked = ''] = path.split('#')
    const data = asked.startsWith(BY_POST)
      ? await ask<T>(asked.slice(BY_POST.length), { signal, method: 'POST', body: {} })
      : await ask<T>(asked, { signal })
    set(() => ({ of: path, data }))
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof Refusal)) throw error
    set((before) => ({ ...(before.of === path ? before : {}), of: path, problem: error.message }))
  }
}
