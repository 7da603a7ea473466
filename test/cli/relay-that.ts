import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { runningRelay } from '../../src/cli/operator.js'
import { scratchDir } from '../support/scratch.js'

/** A relay that answers so on its operator socket, and a command's surroundings with what it printed. */
export async function relayThat(answers: (response: ServerResponse, request: IncomingMessage) => Promise<void> | void) {
  const dir = scratchDir('cli-')
  const config = `${dir}/relay.yaml`
  writeFileSync(
    config,
    `database_url: sqlite:${dir}/relay.db\nbase_url: http://127.0.0.1:1\nlisten: 127.0.0.1:1\nauth: { api_keys: [{ key: k, scopes: [admin], text: t }] }\n`,
  )
  const server = createServer((request, response) => void answers(response, request))
  await new Promise<void>((resolve) => server.listen(`${dir}/relay.db.sock`, resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const interrupt = new AbortController()
  const printed = { stdout: '', stderr: '' }
  const into = (name: keyof typeof printed) => ({
    write(text: string) {
      printed[name] += text
    },
  })
  const io: Io = { stdout: into('stdout'), stderr: into('stderr'), env: {}, signal: interrupt.signal }
  return { relay: runningRelay(config, {}, interrupt.signal), interrupt, dir, config, io, printed }
}
