import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { CommandFailed } from './command-failed.js'
import { type ServerSent, serverSent } from './event-stream.js'
import { wayTo } from './way.js'

/** There is no relay to be asked, or it has gone: it may come back. */
export class RelayAway extends CommandFailed {}

/** The running relay, over its operator socket or over HTTP. Rejects with CommandFailed. */
export interface RunningRelay {
  /** The members of its answer. */
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<Readonly<Record<string, unknown>>>
  /** An answer of one JSON object a line. */
  lines(method: 'POST', path: string, body: object): AsyncGenerator<unknown>
  /** Server-sent events, those after `lastEventId` where one is given; rejects with RelayAway where it ends. */
  events(path: string, lastEventId: string | undefined): AsyncGenerator<ServerSent>
}

/** Throws CommandFailed where the configuration is wrong. */
export function runningRelay(config: string, env: NodeJS.ProcessEnv, signal: AbortSignal): RunningRelay {
  const way = wayTo(config, env)

  function send(method: string, path: string, body: object | undefined, more = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const failed = (cause: Error) =>
        reject(new RelayAway(signal.aborted ? 'interrupted' : way.explain(cause), 1, { cause }))
      const headers = { 'content-type': 'application/json', ...more }
      const asking = way.open(method, path, headers, signal)
      asking.once('error', failed).once('response', resolve)
      asking.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  async function accepted(answer: IncomingMessage): Promise<IncomingMessage> {
    const { statusCode = 0 } = answer
    const isWell = statusCode >= 200 && statusCode < 300
    if (isWell && isJson(answer)) return answer
    const said = isWell ? undefined : messageOf(await text(answer))
    answer.destroy()
    const why = way.strange(answer, said) ?? said ?? `the relay answered ${statusCode}`
    throw new CommandFailed(why, statusCode === 400 ? 2 : 1)
  }

  function brokenOff(cause: unknown): never {
    throw new RelayAway(signal.aborted ? 'interrupted' : 'the relay ended before its answer did', 1, { cause })
  }

  return {
    async ask(method, path, body) {
      const answer = await accepted(await send(method, path, body))
      return JSON.parse(await text(answer).catch(brokenOff))
    },
    async *lines(method, path, body) {
      const answer = await accepted(await send(method, path, body))
      try {
        for await (const line of linesOf(answer)) yield JSON.parse(line)
      } catch (error) {
        brokenOff(error)
      }
    },
    async *events(path, lastEventId) {
      const resuming = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
      const answer = await accepted(await send('GET', path, undefined, resuming))
      try {
        yield* serverSent(linesOf(answer))
      } catch (error) {
        brokenOff(error)
      }
      brokenOff(undefined)
    },
  }
}

async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of answer.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

/** JSON, JSON lines or events: what the operator API speaks. A page that asks to log in is none of these. */
const isJson = ({ headers }: IncomingMessage): boolean =>
  /^(application\/(json|x-ndjson)|text\/event-stream)\b/.test(headers['content-type'] ?? 'application/json')

function messageOf(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown }
    return typeof message === 'string' ? message : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
