import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

const servers = new Set<Server>()
/** For afterEach. */
export async function stopPlainAlertas(): Promise<void> {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  servers.clear()
}

/**
 * A hop that behaves like Alerta with its forwarder plugin where it matters to a relay: it takes everything, adds its
 * own name to X-Alerta-Loop, drops headers it does not know, and forwards at once, whatever the next one answers.
 * Returns its URL.
 */
export async function startPlainAlerta(
  next: readonly { readonly url: string; readonly key: string }[],
): Promise<string> {
  let ours = ''
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const hops = [request.headers['x-alerta-loop'], ours].filter(Boolean).join(',')
    for (const { url, key } of next) {
      if (hops.includes(url)) continue
      await fetch(url + request.url, {
        method: request.method as string,
        headers: { authorization: `Key ${key}`, 'x-alerta-loop': hops, ...type(request) },
        ...(body === '' ? {} : { body }),
      })
    }
    const created = request.method === 'POST'
    response.writeHead(created ? 201 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ status: 'ok', ...(created ? { id: JSON.parse(body).id } : {}) }))
  })
  servers.add(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ours = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return ours
}

const type = ({ headers }: IncomingMessage) =>
  headers['content-type'] === undefined ? {} : { 'content-type': headers['content-type'] }
