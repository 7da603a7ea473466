import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { loadConfigFile } from '../config/load.js'
import { formatProblem } from '../config/problem.js'
import { operatorSocketOf, socketProblem } from '../management/operator-socket.js'

/** A command to the running relay could not be carried out; the message is for the operator. */
export class CommandFailed extends Error {
  readonly exitCode: 1 | 2
  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The relay that runs with a configuration, over its operator socket. Rejects with CommandFailed. */
export interface RunningRelay {
  /** The members of its answer. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Readonly<Record<string, unknown>>>
  /** An answer of one JSON object a line. */
  lines(method: 'POST', path: string, body: object): AsyncGenerator<unknown>
}

/** Throws CommandFailed where the configuration is wrong. */
export function runningRelay(config: string, env: NodeJS.ProcessEnv, signal: AbortSignal): RunningRelay {
  const loaded = loadConfigFile(config, env)
  if (!loaded.ok) {
    const problems = loaded.problems.map((problem) => `\n  ${formatProblem(problem)}`)
    throw new CommandFailed(`${config} cannot be used:${problems.join('')}`, 2)
  }
  const database = loaded.config.database_url.replace(/^sqlite:/, '')
  const socketPath = operatorSocketOf(database)

  function send(method: string, path: string, body: object | undefined): Promise<IncomingMessage> {
    const problem = socketProblem(socketPath)
    if (problem !== undefined) throw new CommandFailed(`the relay has no operator socket: ${problem}`)
    return new Promise((resolve, reject) => {
      const failed = (cause: Error) => reject(new CommandFailed(explain(cause, socketPath), 1, { cause }))
      const asking = request({ socketPath, method, path, signal, headers: { 'content-type': 'application/json' } })
      asking.once('error', failed).once('response', resolve)
      asking.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  async function accepted(answer: IncomingMessage): Promise<IncomingMessage> {
    const { statusCode = 0 } = answer
    if (statusCode >= 200 && statusCode < 300) return answer
    const { message } = JSON.parse(await text(answer)) as { readonly message?: string }
    throw new CommandFailed(message ?? `the relay answered ${statusCode}`, statusCode === 400 ? 2 : 1)
  }

  function brokenOff(cause: unknown): never {
    throw new CommandFailed(signal.aborted ? 'interrupted' : 'the relay ended before its answer did', 1, { cause })
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

function explain(error: Error & { readonly code?: string }, socketPath: string): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return `no relay runs with this configuration: nobody listens on ${socketPath}`
    case 'EACCES':
      return `you may not open ${socketPath}: run this as the user that the relay runs as`
    case 'ABORT_ERR':
      return 'interrupted'
    default:
      return `the relay did not answer on ${socketPath}: ${error.message}`
  }
}
