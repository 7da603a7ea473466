import { existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openAuditFile } from '../../src/base/audit-file.js'
import { scratchDir } from '../support/scratch.js'

const linesOf = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('the audit file is its owner’s alone, and goes on where it was', () => {
  const path = `${scratchDir('audit-')}/audit.log`
  const before = process.umask(0)
  for (const n of [1, 2]) {
    const file = openAuditFile(path, (error) => expect.fail(error.message))
    file.write({ n })
    file.close()
  }
  process.umask(before)
  expect(linesOf(path)).toEqual([{ n: 1 }, { n: 2 }])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('when logrotate has moved the file away it is made anew', () => {
  const path = `${scratchDir('audit-')}/audit.log`
  const file = openAuditFile(path, (error) => expect.fail(error.message))
  file.write({ n: 1 })
  renameSync(path, `${path}.1`)
  file.write({ n: 2 })
  file.reopen()
  file.write({ n: 3 })
  file.close()
  expect([linesOf(`${path}.1`), linesOf(path)]).toEqual([[{ n: 1 }, { n: 2 }], [{ n: 3 }]])
})

test('a file that cannot be opened is told with a hint; one that cannot be opened again does not end the relay', () => {
  const dir = scratchDir('audit-')
  expect(() => openAuditFile(`${dir}/none/audit.log`, () => {})).toThrow(
    expect.objectContaining({ code: 'audit_file_refused', hint: expect.stringContaining('log.audit') }),
  )
  const failures: string[] = []
  const file = openAuditFile(`${dir}/audit.log`, ({ message }) => failures.push(message))
  renameSync(dir, `${dir}.moved`)
  file.reopen()
  expect(failures).toEqual([expect.stringContaining('ENOENT')])
  renameSync(`${dir}.moved`, dir)
  expect(existsSync(`${dir}/audit.log`)).toBe(true)
})
