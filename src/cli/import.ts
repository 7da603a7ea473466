import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Remark } from '../config/alertad/draft.js'
import { type Imported, importAlertad } from '../config/alertad/import.js'
import { writeSecrets } from '../config/alertad/write-secrets.js'
import { formatProblem } from '../config/problem.js'
import type { ExitCode, Io } from './io.js'

export interface ImportOptions {
  /** the configuration file to write; absent: it is printed, and no secrets are written */
  readonly out?: string
  /** whether files that are there may be overwritten */
  readonly force?: boolean
}

type ImportIo = Pick<Io, 'stdout' | 'stderr' | 'env'>

/** Larger than any configuration. */
const LARGEST_FILE = 2_000_000

/**
 * `alerta-relay import <alertad.conf> [--out relay.yaml]`: makes a configuration from an Alerta server's. Secrets go
 * into a file of their own beside it, readable by its owner only. Standard error tells, with line numbers, what could
 * not be taken over. Resolves to 0 done, 1 where `check` would refuse the result or it cannot be written, 2 where the
 * file cannot be read.
 */
export function importConfig(path: string, options: ImportOptions, newKey: () => string, io: ImportIo): ExitCode {
  const say = (level: string, text: string) => io.stderr.write(`${level.padEnd(4)}  ${text}\n`)
  const read = readText(path)
  if ('problem' in read) {
    say('fail', read.problem)
    return 2
  }
  const imported = importAlertad(read.text, basename(path), { newKey, env: io.env })
  if (!imported.ok) {
    say('fail', `${path}, line ${imported.mistake.line}: ${imported.mistake.message}`)
    return 2
  }
  for (const { level, text } of sentences(imported.remarks)) say(level, text)
  const written = options.out === undefined ? print(imported, io, say) : write(options.out, options, imported, say)
  for (const problem of imported.problems) say('fail', `check refuses the result: ${formatProblem(problem)}`)
  return written && imported.problems.length === 0 ? 0 : 1
}

function readText(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > LARGEST_FILE) return { problem: `${path} is larger than a configuration can be` }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    if (error instanceof TypeError) return { problem: `${path} is not text in UTF-8` }
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return { problem: `cannot read ${path} (${code})` }
  }
}

/** `AUTH_PROVIDER (line 3), LDAP_URL (line 12): …`: settings of which the same is to be said stand together. */
function sentences(remarks: readonly Remark[]): { level: string; text: string }[] {
  const groups = new Map<string, { level: string; places: Set<string>; message: string }>()
  for (const { level, setting, line, message } of remarks) {
    const where = line === undefined ? '' : `line ${line}`
    const place = setting === '' ? where : `${setting}${where && ` (${where})`}`
    const known = groups.get(`${level} ${message}`)
    if (known === undefined) groups.set(`${level} ${message}`, { level, places: new Set([place]), message })
    else known.places.add(place)
  }
  return [...groups.values()].map(({ level, places, message }) => ({
    level,
    text: `${[...places].join(', ')}: ${message}`,
  }))
}

type Right = Extract<Imported, { ok: true }>
type Say = (level: string, text: string) => void

function print({ yaml, secrets, taken }: Right, { stdout }: ImportIo, say: Say): boolean {
  stdout.write(yaml)
  say('ok', `taken over: ${taken.join(', ') || 'nothing'}`)
  if (secrets.size > 0)
    say('ok', `--out relay.yaml writes this file, and the values of ${[...secrets.keys()].join(', ')} beside it`)
  return true
}

function write(out: string, { force }: ImportOptions, { yaml, secrets, taken }: Right, say: Say): boolean {
  const beside = secretsPath(out)
  const there = [out, ...(secrets.size > 0 ? [beside] : [])].filter((path) => force !== true && existsSync(path))
  if (there.length > 0) {
    say('fail', `${there.join(' and ')} is there already; --force overwrites it`)
    return false
  }
  try {
    if (secrets.size > 0) writePrivate(beside, writeSecrets(secrets))
    writeFileSync(out, yaml, { flag: force === true ? 'w' : 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    say('fail', `cannot write ${out} and ${beside} (${String(error.code)})`)
    return false
  }
  say('ok', `taken over: ${taken.join(', ') || 'nothing'}`)
  say('ok', secrets.size > 0 ? `written: ${out}, and its secrets to ${beside} (mode 0600)` : `written: ${out}`)
  return true
}

/** A new file, for one that is there may be readable by others; there is none that may not go. */
function writePrivate(path: string, text: string): void {
  rmSync(path, { force: true })
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
}

/** relay.yaml has relay.env beside it. */
const secretsPath = (out: string): string => `${out.replace(/\.ya?ml$/, '')}.env`
