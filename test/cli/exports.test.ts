import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { importQueue } from '../../src/cli/exports.js'
import { headerOf } from '../../src/management/operator/export-lines.js'
import { relayThat } from './relay-that.js'

test('a line too large to be taken in is told by its number, and the others are taken in', async () => {
  const { config, dir, io, printed } = await relayThat(async (response, request) => {
    const { lines } = (await json(request)) as { lines: string[] }
    response.end(JSON.stringify({ ends: lines.map(() => 'imported'), problems: [] }))
  })
  const file = join(dir, 'mom1.jsonl')
  const header = headerOf({ export: 'e1', relay: '1', destination: 'mom1', what: 'queued', at: '' })
  const lines = [JSON.stringify(header), '{"n":2}', 'x'.repeat(60 * 2 ** 20), '{"n":4}', '{"kind":"end","lines":3}']
  writeFileSync(file, `${lines.join('\n')}\n`)
  expect(await importQueue('mom1', { config, file }, io)).toBe(1)
  expect(printed).toEqual({
    stdout: 'taken in for mom1: 2 queued, 1 unusable\n',
    stderr: 'line 3: it is larger than what can be taken in, 16 MiB\n',
  })
})
