import { openSync, writeSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/**
 * A destination in a process of its own, made to be killed: it writes every request to a file before it answers, so
 * what it took is known whatever happens to it. It takes its time before and after that, so that a kill often falls
 * between. It knows an alert by an id of its own, made of resource and event, as Alerta does that keeps the first id.
 * Started by destination.ts; one file, for it is transpiled alone.
 */
interface Setting {
  readonly name: string
  readonly port: number
  readonly log: string
  /** refuses every message whose number is a multiple of it, with 400 */
  readonly refuseEvery: number
  /** how long it takes at most on each side of its commit, as Alerta takes its time */
  readonly thinkMs: number
}

const { name, port, log, refuseEvery, thinkMs } = JSON.parse(process.argv[2] as string) as Setting
const file = openSync(log, 'a')

interface Body {
  readonly resource?: string
  readonly event?: string
  readonly text?: string
  readonly tags?: readonly string[]
}

const server = createServer(async (request, response) => {
  const body = JSON.parse((await text(request)) || '{}') as Body
  await think()
  const answer = request.method === 'GET' ? { status: 200, body: { status: 'ok' } } : take(request, body)
  await think()
  response.writeHead(answer.status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer.body))
})
server.keepAliveTimeout = 60_000
server.listen(port, '127.0.0.1', () => process.stdout.write('up\n'))

const think = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * thinkMs))

function take(request: IncomingMessage, body: Body): { status: number; body: object } {
  const [, , id = '-'] = (request.url as string).split('/')
  const number = String(request.headers['x-request-id'])
  const written = body.text ?? body.tags?.[0] ?? '-'
  const answer = judge(request, body, Number(number))
  writeSync(file, `${number} ${answer.status} ${id} ${written} ${(body.tags ?? []).join()}\n`)
  return answer
}

function judge({ method, url }: IncomingMessage, body: Body, number: number): { status: number; body: object } {
  if (number % refuseEvery === 0) return { status: 400, body: { status: 'error', message: 'refused by the test' } }
  if (method !== 'POST') return { status: 200, body: { status: 'ok' } }
  const id = url === '/alert' ? `${name}.${body.resource}.${body.event}` : 'heartbeat'
  return { status: 201, body: { status: 'ok', id } }
}
