import { lstatSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Log } from '../../base/log.js'
import { onSocket } from './app.js'
import type { OperatorEnv } from './routes.js'

/** Of sun_path, with its closing zero (unix(7)); node would cut a longer one off without a word. */
const LONGEST_PATH_BYTES = 107
/** Operators and their scripts; the rest waits in the system's queue. */
const MAX_CONNECTIONS = 64
/** Only its owner may connect: that is the credential. */
const OWNER_ONLY = 0o177

/** Where the relay with this database listens for its operators. */
export const operatorSocketOf = (database: string): string => `${database}.sock`

/** Why there cannot be such a socket; undefined: there can. */
export const socketProblem = (path: string): string | undefined =>
  Buffer.byteLength(path) > LONGEST_PATH_BYTES
    ? `its path is longer than ${LONGEST_PATH_BYTES} bytes: a shorter database_url makes it shorter`
    : undefined

/**
 * Serves the operators' app on a unix socket, and returns its end. A socket that stands there was left by a relay that
 * was killed, for whoever has the database's lock is alone. Where it is not possible the relay runs without.
 */
export async function listenForOperators(
  app: Hono<OperatorEnv>,
  { path, log }: { readonly path: string; readonly log: Log },
): Promise<() => Promise<void>> {
  const why = socketProblem(path) ?? removeStale(path)
  if (why !== undefined) {
    log.warn({ path, why }, 'no operator socket')
    return async () => {}
  }
  const server = createServer(
    getRequestListener((request) => app.fetch(request, onSocket(request.headers.get('x-operator')))),
  )
  server.maxConnections = MAX_CONNECTIONS
  const failed = await new Promise<Error | undefined>((resolve) => {
    server.once('error', resolve)
    // the file is made inside this call, so that it never stands there with more rights
    const before = process.umask(OWNER_ONLY)
    server.listen(path, () => resolve(undefined))
    process.umask(before)
  })
  if (failed !== undefined) log.warn({ path, why: failed.message }, 'no operator socket')
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
}

function removeStale(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if (!found.isSocket()) return 'something else than a socket stands there'
  rmSync(path)
  return undefined
}
