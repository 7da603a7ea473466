import { join } from 'node:path'
import { PEER_KEY, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { freePort } from '../support/ports.js'
import { createDestination, type Destination, type DestinationSetting } from './destination.js'
import { END, readJournal } from './journal.js'

/** A destination that is a relay itself, with a receiver behind it: what is killed is the relay. */
export async function createFarRelay(folder: string, setting: DestinationSetting): Promise<Destination> {
  const receiver = await createDestination(folder, setting)
  const port = await freePort()
  const database = join(folder, `${setting.name}.db`)
  let relay: RelayProcess | undefined
  return {
    name: setting.name,
    url: `http://127.0.0.1:${port}`,
    auth: { type: 'key', key: PEER_KEY },
    async start() {
      if (relay !== undefined) return relay.restart()
      await receiver.start()
      relay = await startRelay({
        port,
        destinations: [{ name: END, url: receiver.url, timeout: '5s' }],
        config: { database_url: `sqlite:${database}`, log: { level: 'warn', format: 'json' } },
      })
    },
    async kill() {
      await relay?.kill()
    },
    async finish(drainMs) {
      await relay?.drained(drainMs)
      await relay?.stop()
      return { ...(await receiver.finish(drainMs)), journal: readJournal(database) }
    },
  }
}
