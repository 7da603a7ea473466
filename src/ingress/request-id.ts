import type { Ids } from '../model/ids.js'

const KEPT = /^[\w.-]{1,128}$/

/** X-Request-ID is kept along the chain where it is harmless in logs and headers, and replaced otherwise. */
export const requestIdOf = (header: string | string[] | undefined, ids: Ids): string =>
  typeof header === 'string' && KEPT.test(header) ? header : ids.id()
