import { expect, test } from 'vitest'
import { release, retry } from '../../src/cli/destinations.js'
import { status } from '../../src/cli/status.js'
import { relayThat } from './relay-that.js'

test.each([
  [0, '0 messages are'],
  [1, '1 message is'],
  [2, '2 messages are'],
])('of %i that wait, release and retry speak in right words', async (queued, words) => {
  const answer = { released: true, destination: { name: 'mom1', state: 'flowing', queued } }
  const { config, io, printed } = await relayThat((response) => void response.end(JSON.stringify(answer)))
  expect([await release('mom1', { config }, io), await retry('mom1', { config }, io)]).toEqual([0, 0])
  expect(printed.stdout).toBe(`mom1 is released, ${words} queued for it\nmom1 is tried now, ${words} queued for it\n`)
})

test('status names the destinations that there are in the order of names, however it sorts them itself', async () => {
  const destinations = [{ name: 'mom2' }, { name: 'mom1' }]
  const { config, io, printed } = await relayThat((response) => void response.end(JSON.stringify({ destinations })))
  expect(await status('mum', { config }, io)).toBe(1)
  expect(printed.stderr).toBe('status: no destination is named mum; there are mom1, mom2\n')
})
