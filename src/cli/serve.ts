import { createClosers } from '../base/closers.js'
import { boundHeap } from '../base/heap.js'
import { createLog, type Level } from '../base/log.js'
import { servesConsole } from '../config/console.js'
import { loadConfigFile } from '../config/load.js'
import { formatProblem } from '../config/problem.js'
import type { Config } from '../config/schema.js'
import { build } from '../relay.js'
import type { ExitCode, Io } from './io.js'
import { aborted, onHangup } from './signals.js'
import { startSink } from './sink.js'

/** Of config/relay.yaml. */
const DEMO_KEY = 'demo-key'

export interface ServeOptions {
  /** path of the configuration file */
  readonly config: string
  /** host:port of a debug sink to run beside the relay */
  readonly sink?: string
}

/** Runs the relay until the signal. Returns 2 where the configuration is wrong, 1 where it cannot start. */
export async function serve(options: ServeOptions, io: Io): Promise<ExitCode> {
  const loaded = loadConfigFile(options.config, io.env)
  if (!loaded.ok) {
    io.stderr.write(`${options.config} cannot be used:\n`)
    for (const problem of loaded.problems) io.stderr.write(`  ${formatProblem(problem)}\n`)
    return 2
  }
  const { config, warnings } = loaded
  const log = createLog(config.log, io.stdout.isTTY === true)
  for (const { path, message } of warnings) log.warn({ path, message }, 'configuration warning')

  // the database holds alerts: they are nobody else's business
  process.umask(0o077)
  boundHeap()
  const closers = createClosers()
  try {
    if (options.sink !== undefined) {
      const sink = await startSink({ listen: options.sink }, io)
      closers.defer('sink', () => sink.close())
    }
    const load = () => loadConfigFile(options.config, io.env)
    const setLevel = (level: Level) => {
      log.level = level
    }
    const relay = await build(config, log, { load, setLevel })
    closers.defer('relay', () => relay.stop())
    const { port } = await relay.start()
    closers.defer(
      'reload at SIGHUP',
      onHangup(() => void relay.reload()),
    )
    if (options.sink !== undefined) io.stdout.write(firstSteps(config, port))
    await aborted(io.signal)
    log.info({ signal: io.signal.reason }, 'relay stopping')
    await closers.close()
    log.info({}, 'relay stopped')
    return 0
  } catch (error) {
    await closers.close()
    return failed(error, io)
  }
}

/** Environment failures carry a code and a hint; anything else is a bug and crashes with its stack. */
function failed(error: unknown, io: Io): ExitCode {
  if (!(error instanceof Error && 'hint' in error)) throw error
  io.stderr.write(`alerta-relay cannot run: ${error.message}\n  hint: ${String(error.hint)}\n`)
  return 1
}

/** What a newcomer can paste: an alert, its ack and its delete, and where to look. */
function firstSteps(config: Config, port: number): string {
  const url = `http://127.0.0.1:${port}`
  // only the key that everybody knows is ever printed
  const demo = config.auth.api_keys.some(({ key }) => key.reveal() === DEMO_KEY)
  const curl = `curl -s -H 'Authorization: Key ${demo ? DEMO_KEY : 'YOUR-KEY'}'`
  const json = `-H 'Content-Type: application/json'`
  const alert =
    '{"id":"try-1","resource":"web01","event":"NodeDown","environment":"Production","severity":"critical","service":["Web"]}'
  const console = servesConsole(config) ? `See it all:  ${url}/console/${demo ? `#/map?key=${DEMO_KEY}` : ''}\n` : ''
  return `
alerta-relay listens on ${url}; what it delivers to the debug sink is printed below. Try:

  ${curl} ${json} -d '${alert}' ${url}/alert
  ${curl} ${json} -X PUT -d '{"action":"ack","text":"on it"}' ${url}/alert/try-1/action
  ${curl} -X DELETE ${url}/alert/try-1

${console}Where everything is:  ${curl} ${url}/management/status
Ctrl-C stops it; what is queued stays queued.

`
}
