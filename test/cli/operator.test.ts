import { expect, test } from 'vitest'
import { relayThat } from './relay-that.js'

/** What was read, and then why no more. */
async function read(lines: AsyncGenerator<unknown>, onLine = () => {}): Promise<readonly unknown[]> {
  const got: unknown[] = []
  try {
    for await (const line of lines) {
      got.push(line)
      onLine()
    }
  } catch (error) {
    got.push(`${(error as Error).constructor.name}: ${(error as Error).message}`)
  }
  return got
}

test('lines come whole, however they are cut on their way', async () => {
  const { relay } = await relayThat((response) => {
    response.write('{"a":1}\n{"b')
    setImmediate(() => response.end('":"ü"}\n{"c":3}'))
  })
  expect(await read(relay.lines('POST', '/diff/mom1', {}))).toEqual([{ a: 1 }, { b: 'ü' }, { c: 3 }])
})

test('a relay that goes away during a diff is told in words, not with a stack trace', async () => {
  for (const begun of ['{"a":1}\n', '{"a":1}\n{"kind":"dri']) {
    const { relay } = await relayThat((response) => {
      response.write(begun, () => response.destroy())
    })
    const got = await read(relay.lines('POST', '/diff/mom1', {}))
    expect(got.at(-1)).toBe('RelayAway: the relay ended before its answer did')
  }
})

test('so is one that goes away in the middle of a short answer', async () => {
  const { relay } = await relayThat((response) => {
    response.write('{"status":', () => response.destroy())
  })
  await expect(relay.ask('GET', '/resync/mom1')).rejects.toMatchObject({
    message: 'the relay ended before its answer did',
    exitCode: 1,
  })
})

test('a diff can be interrupted', async () => {
  const { relay, interrupt } = await relayThat((response) => void response.write('{"a":1}\n'))
  const got = await read(relay.lines('POST', '/diff/mom1', {}), () => interrupt.abort())
  expect(got).toEqual([{ a: 1 }, 'RelayAway: interrupted'])
})
