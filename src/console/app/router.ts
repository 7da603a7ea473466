import { signal } from '@preact/signals'
import { part } from './relay-api.js'

/** A place in the console, as it stands behind the # of the address: "#/messages?state=dead". */
export interface Place {
  /** decoded: ["destinations", "mom1"] */
  readonly path: readonly string[]
  readonly query: Readonly<Record<string, string>>
}

export const place = signal(read())

window.addEventListener('hashchange', () => {
  const before = place.value.path.join('/')
  place.value = read()
  if (place.value.path.join('/') === before) return
  window.scrollTo(0, 0)
  document.querySelector<HTMLElement>('main')?.focus()
})

function read(): Place {
  const [path = '', query = ''] = window.location.hash.replace(/^#\/?/, '').split('?')
  return {
    path: path
      .split('/')
      .filter((one) => one !== '')
      .map(decode),
    query: Object.fromEntries(new URLSearchParams(query)),
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

/** The address of a place. */
export function to(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const asked = new URLSearchParams(Object.entries(query).filter((one): one is [string, string] => Boolean(one[1])))
  return `#/${path.map(part).join('/')}${asked.size === 0 ? '' : `?${asked}`}`
}

export function go(address: string): void {
  window.location.hash = address
}

/** Another query at the same place, without a step in the browser's history. */
export function refine(query: Readonly<Record<string, string | undefined>>): void {
  window.history.replaceState(null, '', to(place.value.path, { ...place.value.query, ...query }))
  place.value = read()
}
