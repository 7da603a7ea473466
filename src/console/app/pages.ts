import type { Session } from './session.js'

/** The pages of the menu; `key` goes there after "g". */
export interface Page {
  readonly path: string
  readonly title: string
  readonly key: string
  readonly needs?: keyof Session['may']
}

export const PAGES: readonly Page[] = [
  { path: 'map', title: 'Map', key: 'm' },
  { path: 'alerts', title: 'Alerts', key: 'a' },
  { path: 'messages', title: 'Messages', key: 'e' },
  { path: 'dead', title: 'Dead letters', key: 'd' },
  { path: 'suppressed', title: 'Suppressed', key: 's' },
  { path: 'explain', title: 'Explain', key: 'x' },
  { path: 'live', title: 'Live', key: 'l' },
  { path: 'configuration', title: 'Configuration', key: 'c', needs: 'operate' },
  { path: 'about', title: 'About', key: 'b' },
]
