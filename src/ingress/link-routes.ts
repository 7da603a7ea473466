import { TrieRouter } from 'hono/router/trie-router'
import { tryDecodeURIComponent } from 'hono/utils/url'
import type { Wanted } from '../auth/scopes.js'
import type { Answer } from './answers.js'
import type { Visit } from './entrance.js'

export type Receive = (visit: Visit) => Promise<Answer>

interface Route {
  readonly wanted: Wanted
  readonly receive: Receive
}

/** The writes that may come in a batch, by the methods and paths that they have by themselves. */
export interface LinkRoutes {
  add(method: string, path: string, route: Route): void
  /** Undefined: none such comes in a batch. */
  find(method: string, path: string): (Route & Pick<Visit, 'urlId' | 'urlNoteId'>) | undefined
}

/** With hono's own router, so that a path means the same here and there. */
export function createLinkRoutes(): LinkRoutes {
  const router = new TrieRouter<Route>()
  return {
    add: (method, path, route) => router.add(method, path, route),
    find(method, path) {
      const [[first] = [], stash] = router.match(method, path)
      if (first === undefined) return undefined
      const [route, parameters] = first
      const value = (name: string): string => {
        const given = parameters[name]
        const text = typeof given === 'number' ? stash?.[given] : given
        return text === undefined ? '' : tryDecodeURIComponent(text)
      }
      return { ...route, urlId: value('id'), urlNoteId: value('note_id') }
    },
  }
}
