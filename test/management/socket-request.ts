import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** Asks the relay with this database over its operator socket. */
export async function askOperators(database: string, path: string, body?: object): Promise<Record<string, unknown>> {
  return JSON.parse(await text(await openOperators(database, path, {}, body)))
}

/** The answer as it comes. */
export function openOperators(
  database: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<IncomingMessage> {
  const method = body === undefined ? 'GET' : 'POST'
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: `${database}.sock`, path, method, headers })
    asking.once('error', reject).once('response', resolve)
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
