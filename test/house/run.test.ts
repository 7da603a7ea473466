import { execFile } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROOT } from './source.js'

let top: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'run-'))
  for (const folder of ['.ci', 'bin']) mkdirSync(join(top, folder))
  cpSync(join(ROOT, '.ci/run'), join(top, '.ci/run'))
})
afterEach(() => rmSync(top, { recursive: true }))

/** .ci/run with an npm that prints these lines and ends with this exit code. */
function run(lines: readonly string[], exitCode: number): Promise<{ code: number; last: string }> {
  const npm = join(top, 'bin/npm')
  writeFileSync(npm, `#!/bin/sh\n${lines.map((line) => `echo "${line}"\n`).join('')}exit ${exitCode}\n`)
  chmodSync(npm, 0o755)
  const env = { ...process.env, PATH: `${join(top, 'bin')}:${process.env.PATH}` }
  return new Promise((resolve) => {
    const child = execFile('bash', [join(top, '.ci/run')], { env }, (_, stdout) =>
      resolve({ code: child.exitCode ?? -1, last: stdout.trimEnd().split('\n').at(-1) ?? '' }),
    )
  })
}

test.each([
  ['all is well', ['12 passed, 0 failed'], 0, 0, '12 passed, 0 failed'],
  ['something is printed after the count', ['12 passed, 0 failed', 'bye'], 0, 0, '12 passed, 0 failed'],
  ['a test fails', ['11 passed, 1 failed', 'npm error'], 1, 1, '11 passed, 1 failed'],
  ['a check fails before the tests', ['lint: 3 errors'], 1, 1, '0 passed, 1 failed'],
  ['no test fails but the run does', ['12 passed, 0 failed'], 1, 1, '12 passed, 1 failed'],
  ['no test ran', ['0 passed, 0 failed'], 0, 1, '0 passed, 1 failed'],
  ['nothing is printed', [], 0, 1, '0 passed, 1 failed'],
])('the last line and the exit code tell the truth when %s', async (_, lines, exitCode, code, last) => {
  expect(await run(lines, exitCode)).toEqual({ code, last })
})
