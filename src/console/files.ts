import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { projectPath } from '../base/project.js'

/** A built file of the console, as it is sent. */
export interface ConsoleFile {
  readonly type: string
  readonly etag: string
  /** by content coding; `identity` is always there */
  readonly bytes: ReadonlyMap<Coding, Uint8Array<ArrayBuffer>>
}

/** In the order in which they are preferred. */
export const CODINGS = ['br', 'gzip', 'identity'] as const
export type Coding = (typeof CODINGS)[number]

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
/** How the build calls what it has compressed already (.ci/console.mjs). */
const COMPRESSED: Readonly<Record<string, Coding>> = { '.br': 'br', '.gz': 'gzip' }

/** Where the build puts them. */
export const BUILT = projectPath('dist', 'console', 'app')

/** All of them are in memory, by name: no path of a request ever reaches the file system. Empty: it was not built. */
export function readFiles(directory: string): ReadonlyMap<string, ConsoleFile> {
  if (!existsSync(directory)) return new Map()
  const names = readdirSync(directory)
  const read = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(`${directory}/${name}`))
  return new Map(
    names.flatMap((name) => {
      const type = TYPES[extname(name)]
      if (type === undefined) return []
      const identity = read(name)
      const bytes = new Map<Coding, Uint8Array<ArrayBuffer>>([['identity', identity]])
      for (const [ending, coding] of Object.entries(COMPRESSED)) {
        if (names.includes(name + ending)) bytes.set(coding, read(name + ending))
      }
      const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`
      return [[name, { type, etag, bytes }] as const]
    }),
  )
}

/** The best coding that the browser takes and that there is. */
export function codingFor(accepted: string | undefined, { bytes }: ConsoleFile): Coding {
  const names = new Set(
    (accepted ?? '').split(',').flatMap((part) => {
      const [name = '', ...parameters] = part.trim().split(/\s*;\s*/)
      return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : [name.toLowerCase()]
    }),
  )
  return CODINGS.find((coding) => bytes.has(coding) && names.has(coding)) ?? 'identity'
}
