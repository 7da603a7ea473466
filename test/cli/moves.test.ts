import { expect, test } from 'vitest'
import { move } from '../../src/cli/moves.js'
import { MOVE_COUNTS } from '../../src/store/moves.js'
import { relayThat } from './relay-that.js'

test('of what the other destination has already a move says that it is not sent again', async () => {
  const none = Object.fromEntries(MOVE_COUNTS.map((name) => [name, 0]))
  const answer = { moved: { ...none, moved: 1, alreadyThere: 2 }, inFlight: 0, next: null }
  const { config, io, printed } = await relayThat((response) => void response.end(JSON.stringify(answer)))
  expect(await move('mom1', 'mom2', { config }, io)).toBe(1)
  expect(printed.stdout).toBe(
    'would be moved from mom1 to mom2: 1 as they are, 2 not sent again, for it has or had them\nnothing was done; --yes does it\n',
  )
})
