import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { runCommand } from './command.js'
import { KEY, killAll, PEER_KEY, type RelayProcess, startRelay } from './relay.js'

afterEach(killAll)

/** "resource: status severity" of each alert, as the relay's own API tells it. */
async function standing({ url }: RelayProcess): Promise<readonly string[]> {
  const response = await fetch(`${url}/alerts?page-size=1000&sort-by=resource`, {
    headers: { authorization: `Key ${KEY}` },
  })
  const { alerts } = (await response.json()) as { alerts: { resource: string; status: string; severity: string }[] }
  return alerts.map(({ resource, status, severity }) => `${resource}: ${status} ${severity}`)
}

test('a relay finds out what another relay lacks by its API, and gives it all that is missing', async () => {
  const core = await startRelay({ destinations: [] })
  const edge = await startRelay({
    destinations: [{ name: 'core', kind: 'relay', url: core.url, auth: { type: 'key', key: PEER_KEY } }],
  })
  for (let i = 0; i < 8; i += 1) await edge.alert({ id: `a${i}`, resource: `web${i}` })
  await edge.action('a1', 'ack')
  await edge.alert({ id: 'a2-again', resource: 'web2', severity: 'minor' })
  await edge.drained()
  expect(await standing(core)).toEqual(await standing(edge))
  await waitFor(
    'the two to be equal',
    () => runCommand(edge.dir, 'diff', 'core'),
    ({ code }) => code === 0,
  )

  // the core is rebuilt, and the first alert that it gets is one of its own
  await core.kill()
  const rebuilt = await startRelay({ port: core.port, destinations: [] })
  await rebuilt.alert({ id: 'c1', resource: 'core1' })
  const told = await waitFor(
    'the edge to see it',
    () => runCommand(edge.dir, 'diff', 'core', '--json'),
    ({ stdout }) => stdout.includes('summary') && !stdout.includes('"onTheWay":true'),
  )
  const lines = told.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(
    lines
      .slice(0, -1)
      .map(({ resource, difference }) => `${resource} ${difference}`)
      .toSorted(),
  ).toEqual(['core1 missing here', ...Array.from({ length: 8 }, (_, i) => `web${i} missing there`)])

  const taken = await runCommand(edge.dir, 'resync', 'core', '--from')
  expect(taken.stdout).toContain('1 adopted')
  expect((await runCommand(edge.dir, 'resync', 'core')).code).toBe(0)
  await edge.drained()
  expect(await standing(rebuilt)).toEqual(await standing(edge))
  expect(await standing(rebuilt)).toHaveLength(9)
  expect(await standing(rebuilt)).toEqual(expect.arrayContaining(['web1: ack critical', 'web2: open minor']))
})
